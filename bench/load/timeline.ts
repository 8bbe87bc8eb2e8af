import type { TracedDecision } from '../policies/switched.ts';
import { accountBetween, limitAt } from './group-figures.ts';
import type { LoadResult } from './plan.ts';
import { outstanding, percentile } from './statistics.ts';

/** One step of a load, as seen from outside; CPUs are CPU-seconds a second. */
export interface TimelineRow {
  /** Seconds since the start of the load. */
  readonly second: number;
  readonly offered: number;
  readonly answered: number;
  readonly outstanding: number;
  /** Of the requests that were due in this step. */
  readonly p95Ms: number | null;
  readonly limitCpus: number | null;
  readonly limitMib: number | null;
  readonly usedCpus: number;
  readonly throttledCpus: number;
  readonly memoryMib: number | null;
  /** What the policy decided in it: changes only. */
  readonly changes: readonly string[];
}

const MIB = 1024 ** 2;

/** What happened step after step. */
export function timeline(
  result: LoadResult,
  trace: readonly TracedDecision[],
  stepMs = 1_000,
): TimelineRow[] {
  const counts = outstanding(result, stepMs);
  const rows: TimelineRow[] = [];
  let due = 0;
  let endedBefore = 0;
  for (const [step, count] of [...counts].slice(1).entries()) {
    const [fromMs, toMs] = [step * stepMs, (step + 1) * stepMs];
    const latencies: number[] = [];
    const dueBefore = due;
    while ((result.dueMs[due] ?? Number.POSITIVE_INFINITY) <= toMs)
      latencies.push(result.latencyMs[due++] ?? 0);
    const ended = due - count;
    const [fromAtMs, toAtMs] = [result.startAtMs + fromMs, result.startAtMs + toMs];
    const limit = limitAt(result.group.limits, toAtMs);
    const account = accountBetween(result.group, fromAtMs, toAtMs);
    rows.push({
      second: fromMs / 1000,
      offered: due - dueBefore,
      answered: ended - endedBefore,
      outstanding: count,
      p95Ms: round(
        percentile(
          latencies.sort((a, b) => a - b),
          0.95,
        ),
      ),
      limitCpus: limit?.cpus ?? null,
      limitMib:
        limit?.memoryBytes === null || limit === undefined ? null : Math.round(limit.memoryBytes / MIB),
      usedCpus: round(account.usedMs / stepMs) ?? 0,
      throttledCpus: round(account.throttledMs / stepMs) ?? 0,
      memoryMib: memoryAt(result, toAtMs),
      changes: trace
        .filter(
          ({ atMs, decision }) => atMs >= fromAtMs && atMs < toAtMs && decision.fromAcu !== decision.toAcu,
        )
        .map((one) => describeChange(one, result.startAtMs)),
    });
    endedBefore = ended;
  }
  return rows;
}

/** `+1.234s fast 0.5 -> 6.5 (cpu asks for 6.31)` */
export function describeChange({ atMs, decision }: TracedDecision, startAtMs: number): string {
  const at = ((atMs - startAtMs) / 1000).toFixed(3);
  const asks = `${decision.binding ?? 'nothing'} asks for ${decision.demandAcu?.toFixed(2) ?? '?'}`;
  return `+${at}s ${decision.kind} ${decision.fromAcu} -> ${decision.toAcu} (${asks}${decision.cap === null ? '' : `, capped by ${decision.cap}`})`;
}

function memoryAt({ group }: LoadResult, atMs: number): number | null {
  const reading = group.accounts.findLast((one) => one.atMs <= atMs);
  return reading === undefined ? null : Math.round(reading.memoryBytes / MIB);
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
