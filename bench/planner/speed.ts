import { DEFAULT_DATABASE as DATABASE } from '../../src/planner/database/default-database.ts';
import { policyNamed } from '../../src/planner/policies/catalog.ts';
import { demandOfTrace } from '../../src/planner/score/demand.ts';
import { Scorer } from '../../src/planner/score/scorer.ts';
import { simulate } from '../../src/planner/simulate.ts';
import { syntheticTrace } from '../../src/planner/traces/synthetic.ts';
import { median } from '../load/statistics.ts';

const DAYS = 30;
const BOUNDS = { minAcu: 0.5, maxAcu: 32, autoPauseMs: null };

export interface Speed {
  readonly policy: string;
  readonly medianSeconds: number;
  readonly leastSeconds: number;
  readonly mostSeconds: number;
}

/** Model, policy and score of 30 days at one second; the demand of the trace, which all policies share, is not in it. */
export function measureSpeed(names: readonly string[], repetitions: number): Speed[] {
  const trace = syntheticTrace('diurnal', { seed: 3, cores: 4, hours: DAYS * 24 });
  const demandAcu = demandOfTrace(trace, DATABASE);
  console.log(
    `${DAYS} days at 1 s (${trace.length} seconds), the diurnal pattern; median of ${repetitions}, least to most.\n`,
  );
  console.log('| policy | seconds | |\n|---|---|---|');
  return names.map((name) => {
    const policy = policyNamed(name);
    const seconds = Array.from({ length: repetitions }, () => {
      const scorer = new Scorer(BOUNDS);
      const startNs = process.hrtime.bigint();
      simulate(
        {
          trace,
          policy,
          bounds: BOUNDS,
          database: DATABASE,
          imperfections: { arrivalNoise: false, samplingNoise: false, controlDelayMs: 10 },
          seed: 1,
          demandAcu,
        },
        scorer,
      );
      scorer.finish({ policy, acuHourPrice: 0.12, lockScaleUps: 0 });
      return Number(process.hrtime.bigint() - startNs) / 1e9;
    });
    const speed = {
      policy: name,
      medianSeconds: median(seconds) ?? 0,
      leastSeconds: Math.min(...seconds),
      mostSeconds: Math.max(...seconds),
    };
    console.log(
      `| ${policy.title} | ${speed.medianSeconds.toFixed(2)} | ${speed.leastSeconds.toFixed(2)} to ${speed.mostSeconds.toFixed(2)} |`,
    );
    return speed;
  });
}
