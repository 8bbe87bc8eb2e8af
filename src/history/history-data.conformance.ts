import type { Activity, Dimension, LoadTick, SqlDigest, Tuple, WeightedSample } from '../load/model.ts';
import type { HistoryEvent } from './history.ts';

/** Data of the conformance suite. All of it happens from this midnight on. */
export const START = Date.UTC(2026, 10, 22);
export const HOUR = 3_600_000;

export function tuple(values: Readonly<Partial<Record<Dimension, string>>>): Tuple {
  return {
    'db.wait_event': 'CPU',
    'db.sql_tokenized': '00000000000000aa',
    'db.user': 'alice',
    'db.host': '10.0.0.1',
    'db.name': 'shop',
    'db.application': 'web',
    'db.session_type': 'client backend',
    'db.blocking_session': '',
    'db.blocking_sql': '',
    ...values,
  };
}

export function aSample(
  values: Readonly<Partial<Record<Dimension, string>>>,
  weightMs: number,
  activity: Activity = 'active',
): WeightedSample {
  return { activity, tuple: tuple(values), weightMs };
}

export function aTick(
  atMs: number,
  samples: readonly WeightedSample[],
  more: Partial<LoadTick> = {},
): LoadTick {
  return {
    atMs,
    durationMs: 1000,
    source: 'session',
    state: 'observed',
    samples,
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 1.5, backendCpuMs: null, tickMs: 2.25, lagMs: 0.1 },
    ...more,
  };
}

export function anEvent(atMs: number, kind: string): HistoryEvent {
  return {
    atMs,
    kind,
    severity: 'warning',
    message: `it's ${kind}`,
    data: { kind, nested: { list: [1, 'two', null] } },
  };
}

export function aDigest(id: string, text: string, truncated = false): SqlDigest {
  return { id, text, truncated };
}
