import type { PlannedPolicy, PolicyRun } from '../model.ts';
import { GridLevels } from '../score/grid-levels.ts';
import { withinBounds } from './within-bounds.ts';

const SOURCE = 'provisioned capacity, sized with the whole load known';

export const staticPeak: PlannedPolicy = {
  name: 'static-peak',
  title: 'Static, peak',
  rules: 'One size, for the busiest second of the whole load, within the bounds.',
  source: SOURCE,
  kind: 'static',
  start: ({ demandAcu, bounds }) =>
    keep(withinBounds(new GridLevels(demandAcu, bounds.maxAcu).at(1), bounds)),
};

export const staticP95: PlannedPolicy = {
  name: 'static-p95',
  title: 'Static, P95',
  rules: 'One size, enough for 95 % of the seconds of the whole load, within the bounds.',
  source: SOURCE,
  kind: 'static',
  start: ({ demandAcu, bounds }) =>
    keep(withinBounds(new GridLevels(demandAcu, bounds.maxAcu).at(0.95), bounds)),
};

function keep(acu: number): PolicyRun {
  return { startAcu: acu, canPause: false, decide: () => acu };
}
