import type { AnalysisAnswer } from '../../api/analysis-answers.ts';
import { AirglowError } from '../../errors.ts';
import { STATE_OPTION, stateDirOf } from '../arguments/state-dir.ts';
import { print, widthOf } from '../cluster/answer.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { dashboardAddress } from '../dashboard-address.ts';
import type { AnalysisSource } from '../report/analysis-source.ts';

interface ReportOptions {
  readonly state?: string;
  readonly data?: string;
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

/** Where `airglow watch` records unless told otherwise. */
const DATA_FOLDER = 'airglow-data';

export const report = defineCommand<ReportOptions>({
  name: 'report',
  summary: 'say what loaded a database, who blocked whom, and what to do about it',
  description:
    'Analyses a window of what was recorded: load far above its baseline, too little CPU, one dominating statement, lock chains ' +
    'with their root, open transactions, reads, temporary files, connection storms, capacity at its maximum or held up. Each ' +
    'finding comes with evidence and advice, worst first. It asks the airglow up or airglow watch that runs with the folder; ' +
    'where none does, it reads the record itself.',
  arguments: [{ syntax: '[name]', description: 'the database; may be left out where there is one' }],
  options: [
    STATE_OPTION,
    { flags: '-d, --data <folder>', description: 'data folder of airglow watch (default: ./airglow-data)' },
    {
      flags: '--from <time>',
      description: 'since when: an offset such as -1h or -7d, or a time such as 2026-11-22T10:00',
      default: { value: '-1h', text: '-1h' },
    },
    { flags: '--to <time>', description: 'until when', default: { value: 'now', text: 'now' } },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    { command: 'airglow report', explanation: 'the last hour of the one database' },
    {
      command: 'airglow report shop --from 2026-11-22T10:00 --to 2026-11-22T10:15',
      explanation: 'a quarter of an hour in which something was slow (UTC)',
    },
    {
      command: "airglow report shop --data ./airglow-data --json | jq -r '.findings[].title'",
      explanation: 'of an airglow watch, for a script',
    },
  ],
  run: runReport,
});

async function runReport(
  { arguments: [name], options }: Input<ReportOptions>,
  context: Context,
): Promise<void> {
  const source = await openSource(options, context);
  try {
    const target = chooseTarget(source, name);
    const { from, to } = options;
    const answer = await source.analyse(target, { from, to });
    await printReport(answer, source, options, context);
  } finally {
    await source.close();
  }
}

async function openSource({ state, data }: ReportOptions, { env }: Context): Promise<AnalysisSource> {
  if (state !== undefined && data !== undefined)
    throw new AirglowError(
      'INVALID_ARGUMENT',
      'give --state (airglow up) or --data (airglow watch), not both',
    );
  const { openAnalysisSource } = await import('../report/analysis-source.ts');
  const named = state === undefined ? (data === undefined ? null : 'data') : 'state';
  return await openAnalysisSource({ state: stateDirOf(state, env), data: data ?? DATA_FOLDER, named });
}

async function printReport(
  answer: AnalysisAnswer,
  source: AnalysisSource,
  options: ReportOptions,
  context: Context,
): Promise<void> {
  const { renderAnalysis } = await import('../report/analysis-report.ts');
  const { target, fromMs, toMs } = answer.meta;
  const { daemon } = source;
  const dashboard =
    daemon && dashboardAddress(daemon.url, { database: target, page: 'analysis', fromMs, toMs });
  print(answer, options, context, (found) =>
    renderAnalysis(found, { width: widthOf(context), color: context.color, dashboard }),
  );
}

function chooseTarget({ targets }: AnalysisSource, name: string | undefined): string {
  if (name !== undefined) return name;
  const [only, ...others] = targets;
  if (only !== undefined && others.length === 0) return only;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    only === undefined
      ? 'nothing is recorded yet: there is no database to report on'
      : `name the database: one of ${targets.join(', ')}`,
  );
}
