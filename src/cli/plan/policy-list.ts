import type { PlannedPolicy } from '../../planner/model.ts';
import { paint, span, type Line } from '../terminal/paint.ts';
import { wrap } from '../terminal/text.ts';
import type { PlanReportOptions } from './plan-report.ts';

/** What there is to choose from after `--policy`. */
export function renderPolicyList(
  policies: readonly PlannedPolicy[],
  { width, color }: PlanReportOptions,
): readonly string[] {
  const lines = policies.flatMap(({ name, title, rules, source }): readonly Line[] => [
    [span(name, { bold: true }), span(`  ${title}`)],
    ...wrap(rules, width - 2).map((text): Line => [span(`  ${text}`)]),
    ...wrap(source, width - 2).map((text): Line => [span(`  ${text}`, { dim: true })]),
    [],
  ]);
  return lines.slice(0, -1).map((line) => paint(line, Number.POSITIVE_INFINITY, color).trimEnd());
}

export function policyListJson(policies: readonly PlannedPolicy[]) {
  return policies.map(({ name, title, kind, rules, source }) => ({ name, title, kind, rules, source }));
}
