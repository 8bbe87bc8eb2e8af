import type { LoadAnswer } from '../../../../src/api/answers.ts';
import type { Span } from '../../view/time-window.ts';

export interface Busiest extends Span {
  readonly aas: number;
}

const HOUR_MS = 3_600_000;
/** In a record of little more than an hour there is nothing to choose. */
const LEAST_COVERED_MS = 1.5 * HOUR_MS;

/** The hour with the most active time, of an answer in one series; null where too little is recorded. */
export function busiestHour({ atMs, coveredMs, series, meta }: LoadAnswer): Busiest | null {
  const recordedMs = coveredMs.reduce((sum, ms) => sum + ms, 0);
  const length = Math.round(HOUR_MS / (meta.periodSeconds * 1000));
  const loads = series[0]?.aas ?? [];
  if (recordedMs < LEAST_COVERED_MS || length < 1 || atMs.length < length) return null;
  let [activeMs, knownMs] = [0, 0];
  let best: (Busiest & { readonly activeMs: number }) | null = null;
  for (let index = 0; index < atMs.length; index++) {
    activeMs += activeOf(index);
    knownMs += coveredMs[index] ?? 0;
    const first = index - length + 1;
    const fromMs = atMs[first];
    if (fromMs === undefined) continue;
    if (activeMs > (best?.activeMs ?? 0) && knownMs > 0) {
      best = { fromMs, toMs: fromMs + HOUR_MS, aas: activeMs / knownMs, activeMs };
    }
    activeMs -= activeOf(first);
    knownMs -= coveredMs[first] ?? 0;
  }
  return best === null ? null : { fromMs: best.fromMs, toMs: best.toMs, aas: best.aas };

  function activeOf(index: number): number {
    return (loads[index] ?? 0) * (coveredMs[index] ?? 0);
  }
}
