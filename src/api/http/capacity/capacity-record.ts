import { z } from 'zod';
import type { RecordedDecision } from '../../../capacity/timeline/model.ts';
import { pauseSpans } from '../../../capacity/timeline/pauses.ts';
import type { PauseEvent } from '../../../capacity/timeline/pauses.ts';
import { GAUGE_MS } from '../../../capacity/timeline/gauges.ts';
import { LONGEST_SILENCE_MS } from '../../../capacity/timeline/steps.ts';
import type { Figures, TimelineParts } from '../../../capacity/timeline/timeline.ts';
import type { CounterSeries, DecisionRecord, History, PeriodSeconds } from '../../../history/history.ts';
import { periodStarts } from '../../window.ts';
import type { Window } from '../../window.ts';

/** They cost 0.2 s of CPU to read, and are about what a busy database decides in a day. */
const MOST_DECISIONS = 20_000;
const MOST_PAUSE_EVENTS = 5_000;
/** Only what ends a pause while no daemon runs does not say when it began. */
const LOOK_BACK_MS = 86_400_000;
/** Grain of what is known of capacity where decisions are too many to be read. */
const COARSE_SECONDS = [60, 3600] as const satisfies PeriodSeconds[];
const MOST_COARSE = 20_160;

const METRICS = {
  minAcu: 'capacity.min_acu',
  maxAcu: 'capacity.max_acu',
  cpu: 'capacity.demand_cpu_acu',
  memory: 'capacity.demand_memory_acu',
  network: 'capacity.demand_network_acu',
  connections: 'capacity.demand_connections_acu',
} as const;
const ACU_METRIC = 'capacity.acu';

/** As far as it is needed here: a record of another version may hold other things. */
const recordedDecision = z.object({
  kind: z.enum(['fast', 'full']),
  fromAcu: z.number(),
  toAcu: z.number(),
  hold: z.object({ kind: z.string() }),
  pause: z
    .object({ kind: z.string(), blockers: z.array(z.object({ detail: z.string() })).optional() })
    .nullish()
    .transform((outlook) => outlook ?? null),
  reason: z.string(),
});

export interface CapacityQuestion {
  readonly name: string;
  readonly window: Window;
  readonly periodSeconds: PeriodSeconds;
  readonly nowMs: number;
  /** When the present pause began; null where it does not sleep. */
  readonly asleepSinceMs: number | null;
}

export interface CapacityRecord extends Omit<TimelineParts, 'now'> {
  /** The first moment of the window of which decisions were read. */
  readonly explainedFromMs: number;
}

/** What the history has of a database's capacity. */
export async function readCapacityRecord(history: History, asked: CapacityQuestion): Promise<CapacityRecord> {
  const { name: target, window, periodSeconds, nowMs } = asked;
  const known = { fromMs: window.fromMs, toMs: Math.min(window.toMs, Math.max(nowMs, window.fromMs)) };
  const decisions = await history.decisions({
    target,
    fromMs: window.fromMs - LONGEST_SILENCE_MS,
    toMs: window.toMs,
    limit: MOST_DECISIONS,
  });
  const isCut = decisions.length === MOST_DECISIONS;
  const [gauges, coarse, pauses] = await Promise.all([
    readGauges(history, asked),
    isCut ? readCoarse(history, asked) : { startsMs: [], periodMs: 1000, acu: [] },
    readPauses(history, asked, known),
  ]);
  const oldestMs = decisions.at(-1)?.atMs ?? window.fromMs;
  return {
    window: known,
    startsMs: periodStarts(window, periodSeconds),
    periodMs: periodSeconds * 1000,
    decisions: decisions.flatMap(toRecorded).toReversed(),
    isCut,
    explainedFromMs: isCut ? Math.max(window.fromMs, oldestMs) : window.fromMs,
    coarse,
    ...gauges,
    pauses,
  };
}

async function readGauges(
  history: History,
  { name: target, window, periodSeconds }: CapacityQuestion,
): Promise<Pick<TimelineParts, 'minAcu' | 'maxAcu' | 'demand'>> {
  // A point stands at the end of what it is the mean over.
  const toMs = periodSeconds * 1000 < GAUGE_MS ? window.toMs + GAUGE_MS : window.toMs;
  const metrics = Object.values(METRICS);
  const found = await history.counterSeries({ target, fromMs: window.fromMs, toMs, periodSeconds, metrics });
  const of = (metric: string): Figures => figuresOf(found, metric);
  return {
    minAcu: of(METRICS.minAcu),
    maxAcu: of(METRICS.maxAcu),
    demand: {
      cpu: of(METRICS.cpu),
      memory: of(METRICS.memory),
      network: of(METRICS.network),
      connections: of(METRICS.connections),
    },
  };
}

async function readCoarse(
  history: History,
  { name: target, window }: CapacityQuestion,
): Promise<TimelineParts['coarse']> {
  const lengthMs = window.toMs - window.fromMs;
  const periodSeconds = COARSE_SECONDS.find((seconds) => lengthMs / (seconds * 1000) <= MOST_COARSE) ?? 3600;
  const found = await history.counterSeries({ target, ...window, periodSeconds, metrics: [ACU_METRIC] });
  return {
    startsMs: periodStarts(window, periodSeconds),
    periodMs: periodSeconds * 1000,
    acu: figuresOf(found, ACU_METRIC),
  };
}

async function readPauses(
  history: History,
  { name: target, nowMs, asleepSinceMs }: CapacityQuestion,
  known: Window,
): Promise<CapacityRecord['pauses']> {
  const fromMs = known.fromMs - LOOK_BACK_MS;
  const query = { target, fromMs, toMs: Math.max(fromMs, nowMs + 1), limit: MOST_PAUSE_EVENTS };
  const [slept, woken, told] = await Promise.all([
    history.events({ ...query, search: 'paused' }),
    history.events({ ...query, search: 'resumed' }),
    history.pauses({ target, ...known }),
  ]);
  const events = [
    ...slept.filter(({ kind }) => kind === 'paused'),
    ...woken.filter(({ kind }) => kind === 'resumed'),
  ] as readonly PauseEvent[];
  return pauseSpans(known, {
    events: events.toSorted((a, b) => a.atMs - b.atMs),
    told,
    asleepSinceMs,
    nowMs,
  });
}

function figuresOf(found: readonly CounterSeries[], metric: string): Figures {
  return found.find((series) => series.metric === metric)?.points.map(({ value }) => value) ?? [];
}

function toRecorded({ atMs, decision }: DecisionRecord): RecordedDecision[] {
  const parsed = recordedDecision.safeParse(decision);
  return parsed.success ? [{ atMs, ...parsed.data }] : [];
}
