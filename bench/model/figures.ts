import { meanCpus, accountBetween } from '../load/group-figures.ts';
import type { LoadResult } from '../load/plan.ts';
import { summarizeLatency } from '../load/statistics.ts';
import type { TracedDecision } from '../policies/switched.ts';
import { activeSessions } from './active-sessions.ts';
import type { LoadPart } from './loads.ts';

/** Of one part of a load, in either world. */
export interface Figures {
  /** Average active sessions. */
  readonly aas: number;
  /** Of those, how many ran on a processor. */
  readonly running: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly acuHours: number;
  readonly aasPerSecond: readonly number[];
  /** At the end of each second. */
  readonly acuPerSecond: readonly number[];
}

export interface ClientSide {
  readonly connections: number;
  /** Of a request, beside its CPU, ms: what it is under way, no session is active for it. */
  readonly otherMs: number;
  readonly cpusPerAcu: number;
}

/** What the real database did, from the generator's records and the kernel's account. */
export function measuredFigures(result: LoadResult, part: LoadPart, client: ClientSide): Figures {
  const [fromMs, toMs] = [part.fromSecond * 1000, part.toSecond * 1000];
  const [fromAtMs, toAtMs] = [result.startAtMs + fromMs, result.startAtMs + toMs];
  const seconds = Array.from(
    { length: part.toSecond - part.fromSecond },
    (_, index) => fromMs + index * 1000,
  );
  const { p50, p95 } = summarizeLatency(result, fromMs, toMs);
  const meanAcu = (from: number, to: number): number => meanCpus(result.group, from, to) / client.cpusPerAcu;
  return {
    aas: sessionsBetween(result, fromMs, toMs, client),
    running: accountBetween(result.group, fromAtMs, toAtMs).usedMs / (toMs - fromMs),
    p50Ms: p50,
    p95Ms: p95,
    acuHours: (meanAcu(fromAtMs, toAtMs) * seconds.length) / 3600,
    aasPerSecond: seconds.map((atMs) => sessionsBetween(result, atMs, atMs + 1000, client)),
    acuPerSecond: seconds.map((atMs) =>
      meanAcu(result.startAtMs + atMs + 990, result.startAtMs + atMs + 1000),
    ),
  };
}

function sessionsBetween(
  result: LoadResult,
  fromMs: number,
  toMs: number,
  { connections, otherMs }: ClientSide,
): number {
  const open = activeSessions(result, fromMs, toMs, connections);
  const ended = result.dueMs.reduce((count, dueMs, index) => {
    const endMs = dueMs + (result.latencyMs[index] ?? 0);
    return count + (endMs >= fromMs && endMs < toMs ? 1 : 0);
  }, 0);
  return Math.max(0, open - (ended * otherMs) / (toMs - fromMs));
}

/** Average active sessions as Airglow's own observer saw them: means of its looks, each a second. */
export function seenSessions(trace: readonly TracedDecision[], fromMs: number, toMs: number): number {
  const looks = trace.filter(
    ({ atMs, seen }) => seen.kind === 'full' && seen.cpu !== null && atMs > fromMs && atMs <= toMs + 500,
  );
  const sum = looks.reduce(
    (total, { seen: { cpu, waits } }) => total + (cpu?.used ?? 0) + (cpu?.waiting ?? 0) + (waits?.io ?? 0),
    0,
  );
  return looks.length === 0 ? Number.NaN : sum / looks.length;
}
