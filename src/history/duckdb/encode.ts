import type { LoadTick } from '../../load/model.ts';
import { wholeMicroseconds } from '../arithmetic.ts';
import type { ColumnValues } from './database.ts';
import type { Dictionary } from './dictionary.ts';
import type { DayBatch } from './pending.ts';

type Columns = readonly ColumnValues[];
type Cell = number | string | null;

const SOURCES = ['kernel', 'session'] as const satisfies LoadTick['source'][];
const STATES = ['observed', 'paused'] as const satisfies LoadTick['state'][];
/** As column `state` has it. */
export const PAUSED = STATES.indexOf('paused');

export interface EncodeContext {
  readonly dayMs: number;
  readonly dictionary: Dictionary;
  readonly targetId: (name: string) => number;
  /** Grows by one with every event and decision of the day, so that equal times keep their order. */
  readonly nextSequence: () => number;
}

/** Columns for the tables of one day, by table; in the order of the schema. */
export function encodeBatch(batch: DayBatch, context: EncodeContext): Readonly<Record<string, Columns>> {
  return {
    ...encodeTicks(batch.ticks, context),
    counter: encodeCounters(batch.counters, context),
    event: encodeEvents(batch.events, context),
    decision: encodeDecisions(batch.decisions, context),
  };
}

/** Neighbouring rows of the same target and time compress best. */
function encodeTicks(ticks: DayBatch['ticks'], context: EncodeContext): Record<'tick' | 'sample', Columns> {
  const tickRows: Cell[][] = [];
  const targets: number[] = [];
  const atMs: number[] = [];
  const tuples: number[] = [];
  const activeMs: number[] = [];
  for (const { target, entry } of sortedByTarget(ticks)) {
    const targetId = context.targetId(target);
    const offsetMs = offsetIn(context.dayMs, entry.atMs);
    tickRows.push([targetId, offsetMs, ...tickCells(entry)]);
    for (const sample of entry.samples) {
      targets.push(targetId);
      atMs.push(offsetMs);
      tuples.push(context.dictionary.tupleId(sample));
      activeMs.push(sample.weightMs);
    }
  }
  return { tick: transposed(tickRows), sample: [targets, atMs, tuples, activeMs] };
}

function sortedByTarget(ticks: DayBatch['ticks']): DayBatch['ticks'] {
  const isOneTarget = ticks.every(({ target }) => target === ticks[0]!.target);
  return isOneTarget
    ? ticks
    : ticks.toSorted((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0));
}

function tickCells(tick: LoadTick): Cell[] {
  const { agentCpuMs, backendCpuMs, tickMs, lagMs } = tick.cost;
  return [
    wholeMicroseconds(tick.durationMs),
    SOURCES.indexOf(tick.source),
    STATES.indexOf(tick.state),
    tick.activeTimeMs === null ? null : wholeMicroseconds(tick.activeTimeMs),
    tick.thinning,
    tick.hiddenShare,
    wholeMicroseconds(agentCpuMs),
    backendCpuMs === null ? null : wholeMicroseconds(backendCpuMs),
    wholeMicroseconds(tickMs),
    wholeMicroseconds(lagMs),
  ];
}

function encodeCounters(
  counters: DayBatch['counters'],
  { dayMs, dictionary, targetId }: EncodeContext,
): Columns {
  return transposed(
    counters.map(({ target, entry }) => [
      targetId(target),
      offsetIn(dayMs, entry.atMs),
      wholeMicroseconds(entry.durationMs),
      dictionary.valueId(entry.metric),
      dictionary.valueId(entry.key),
      entry.value,
    ]),
  );
}

function encodeEvents(events: DayBatch['events'], { dayMs, targetId, nextSequence }: EncodeContext): Columns {
  return transposed(
    events.map(({ target, entry }) => [
      targetId(target),
      offsetIn(dayMs, entry.atMs),
      nextSequence(),
      entry.kind,
      entry.severity,
      entry.message,
      JSON.stringify(entry.data),
    ]),
  );
}

function encodeDecisions(decisions: DayBatch['decisions'], context: EncodeContext): Columns {
  return transposed(
    decisions.map(({ target, entry }) => [
      context.targetId(target),
      offsetIn(context.dayMs, entry.atMs),
      context.nextSequence(),
      JSON.stringify(entry.decision),
    ]),
  );
}

function offsetIn(dayMs: number, atMs: number): number {
  return Math.floor(atMs) - dayMs;
}

function transposed(rows: readonly Cell[][]): Columns {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]!));
}
