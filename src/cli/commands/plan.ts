import type { PlanOptions } from '../../planner/options.ts';
import type { Plan } from '../../planner/results.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { PLAN_OPTIONS } from '../plan/plan-options.ts';
import { checkTogether, planOptions, type PlanCommandOptions } from '../plan/plan-request.ts';
import { tracesOf } from '../plan/plan-traces.ts';
import { ProgressLine } from '../plan/progress-line.ts';

export const plan = defineCommand<PlanCommandOptions>({
  name: 'plan',
  summary: 'choose minimum and maximum capacity for a load, and see what it would cost',
  description:
    'Replays a load in virtual time under the rules of several autoscalers, Airglow and Aurora among them, and says which ' +
    'minimum and maximum to choose, what that costs a month, and what each would have left short. The load is a CSV file with ' +
    'a header (timestamp, and cpu_percent, cpu_cores, requests, memory_gib or the like; - is standard input), a record of ' +
    'Airglow, or a made one. Nothing is changed anywhere.',
  arguments: [{ syntax: '[trace...]', description: 'CSV files, also packed (.gz)' }],
  options: PLAN_OPTIONS,
  examples: [
    {
      command: 'airglow plan cpu.csv --unit cpu-percent --vcpus 4',
      explanation: 'a file with timestamp and value, as CloudWatch exports it',
    },
    {
      command: 'airglow plan --history ./airglow-data --target shop --html plan.html',
      explanation: 'what was recorded of shop, with a page to pass on',
    },
    {
      command: 'airglow plan --synthetic diurnal --cores 4 --policy airglow,aurora-v2 --min 0.5 --max 16',
      explanation: 'a made week, two policies, bounds of your own',
    },
    {
      command: 'airglow plan --history ./airglow-data --target shop --optimized-reads',
      explanation: 'what a second cache tier on local NVMe would change',
    },
    {
      command: 'airglow plan *.csv --vcpus 8 --unit cpu-percent --json | jq .summary',
      explanation: 'several loads, for a script',
    },
  ],
  run: runPlan,
});

async function runPlan(
  { arguments: paths, options }: Input<PlanCommandOptions>,
  context: Context,
): Promise<void> {
  if (options.listPolicies === true) return await listPolicies(options, context);
  checkTogether(paths, options);
  const request = await requestOf(options);
  const { checkPagePath } = await import('../plan/write-page.ts');
  if (options.html !== undefined) await checkPagePath(options.html);
  const made = await makePlan(paths, options, request, context);
  // The page first: who reads the rest may go away in the middle of it.
  if (options.html !== undefined) await writeHtml(made, options.html, context);
  context.stdout.write(`${await textOf(made, options, context)}\n`);
}

/** Names of policies and the region are checked here, before files are read for minutes. */
async function requestOf(options: PlanCommandOptions): Promise<PlanOptions> {
  const { PLANNED_POLICIES, policyNamed } = await import('../../planner/policies/catalog.ts');
  const { pricesOf } = await import('../../planner/prices/price-list.ts');
  const names = PLANNED_POLICIES.map(({ name }) => name);
  const request = planOptions(options, names, new Date().toISOString());
  for (const name of request.policies) policyNamed(name);
  pricesOf(request.prices.region);
  return request;
}

async function makePlan(
  paths: readonly string[],
  options: PlanCommandOptions,
  request: PlanOptions,
  context: Context,
): Promise<Plan> {
  const planner = await import('../../planner/plan.ts');
  const { readVersion } = await import('../../daemon/version.ts');
  const progress = new ProgressLine(context.stderr);
  try {
    const read = await tracesOf(paths, { options, context, progress });
    return planner.plan(read, request, progress.planning, readVersion());
  } finally {
    progress.erase();
  }
}

async function textOf(made: Plan, options: PlanCommandOptions, context: Context): Promise<string> {
  if (options.json === true) {
    const { planJson } = await import('../plan/plan-json.ts');
    return JSON.stringify(planJson(made, options.charts === true), null, 2);
  }
  const { renderPlanReport } = await import('../plan/plan-report.ts');
  return renderPlanReport(made, look(context)).join('\n');
}

async function writeHtml(made: Plan, path: string, context: Context): Promise<void> {
  const { renderPlanPage } = await import('../plan/page/plan-page.ts');
  const { writePage } = await import('../plan/write-page.ts');
  await writePage(path, renderPlanPage(made));
  context.stderr.write(`wrote ${path}\n`);
}

async function listPolicies({ json }: PlanCommandOptions, context: Context): Promise<void> {
  const { PLANNED_POLICIES } = await import('../../planner/policies/catalog.ts');
  const { policyListJson, renderPolicyList } = await import('../plan/policy-list.ts');
  const text =
    json === true
      ? JSON.stringify(policyListJson(PLANNED_POLICIES), null, 2)
      : renderPolicyList(PLANNED_POLICIES, look(context)).join('\n');
  context.stdout.write(`${text}\n`);
}

function look({ stdout, color }: Context) {
  return { width: Math.max(60, Math.min(stdout.columns ?? 80, 120)), color };
}
