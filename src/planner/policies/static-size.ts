import { ACU_STEP, roundUpToGrid } from '../../capacity/acu.ts';
import type { PlannedPolicy, PolicyRun } from '../model.ts';
import { withinBounds } from './within-bounds.ts';

const SOURCE = 'provisioned capacity, sized with the whole load known';

export const staticPeak: PlannedPolicy = {
  name: 'static-peak',
  title: 'Static, peak',
  rules: 'One size, for the busiest second of the whole load, within the bounds.',
  source: SOURCE,
  kind: 'static',
  start: ({ demandAcu, bounds }) => keep(withinBounds(quantileOnGrid(demandAcu, 1), bounds)),
};

export const staticP95: PlannedPolicy = {
  name: 'static-p95',
  title: 'Static, P95',
  rules: 'One size, enough for 95 % of the seconds of the whole load, within the bounds.',
  source: SOURCE,
  kind: 'static',
  start: ({ demandAcu, bounds }) => keep(withinBounds(quantileOnGrid(demandAcu, 0.95), bounds)),
};

/** The least capacity of the grid that is enough for such a share of the seconds; 0 for none. Sorts nothing: loads are long. */
export function quantileOnGrid(demandAcu: Float32Array, share: number): number {
  let highest = 0;
  for (let index = 0; index < demandAcu.length; index++) highest = Math.max(highest, demandAcu[index] ?? 0);
  const seconds = new Uint32Array(roundUpToGrid(highest) / ACU_STEP + 1);
  for (let index = 0; index < demandAcu.length; index++) {
    const step = Math.round(roundUpToGrid(demandAcu[index] ?? 0) / ACU_STEP);
    seconds[step] = (seconds[step] ?? 0) + 1;
  }
  let covered = 0;
  for (let step = 0; step < seconds.length; step++) {
    covered += seconds[step] ?? 0;
    if (covered >= share * demandAcu.length) return step * ACU_STEP;
  }
  return roundUpToGrid(highest);
}

function keep(acu: number): PolicyRun {
  return { startAcu: acu, canPause: false, decide: () => acu };
}
