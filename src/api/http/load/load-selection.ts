import type { DimensionFilter, LoadQuery } from '../../../history/history.ts';
import type { Activity, LoadSource } from '../../../load/model.ts';
import type { Window } from '../../window.ts';
import type { NamedTarget } from '../targets-known.ts';

interface Selection {
  readonly activity?: Activity | undefined;
  readonly filter?: DimensionFilter | undefined;
}

export function toLoadQuery(target: string, window: Window, selection: Selection): LoadQuery {
  return {
    target,
    ...window,
    ...(selection.activity === undefined ? {} : { activity: selection.activity }),
    ...(selection.filter === undefined ? {} : { filter: selection.filter }),
  };
}

/** What every answer about load says of itself. */
export function describeLoad(known: NamedTarget, query: LoadQuery, coveredMs: number, totalAas: number) {
  const source: LoadSource | null = known.watched?.observer.status().source ?? null;
  return {
    target: known.target,
    fromMs: query.fromMs,
    toMs: query.toMs,
    activity: query.activity ?? ('active' as const),
    source,
    coveredSeconds: coveredMs / 1000,
    aas: coveredMs > 0 ? totalAas : null,
  };
}
