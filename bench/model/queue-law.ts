import { periodUsFor } from '../../src/kernel/limits/cpu-bandwidth.ts';

/** A load that went on evenly: CPUs used of those allowed, and how many requests were in the database on average. */
export interface QueuePoint {
  readonly cpus: number;
  readonly limitCpus: number;
  readonly queue: number;
}

/** Mean number of requests in the database where so much is used, by a law with one parameter that has to be measured. */
export interface QueueLaw {
  readonly name: string;
  readonly formula: string;
  readonly most: number;
  queueOf(point: Omit<QueuePoint, 'queue'>, parameter: number): number;
}

const FULL = 0.97;

/** Sakasegawa's shape for queues with several servers. */
export const CROWDING: QueueLaw = {
  name: 'k',
  formula: 'used (1 + rho^k / (1 - rho))',
  most: 30,
  queueOf({ cpus, limitCpus }, k) {
    const rho = Math.min(FULL, cpus / limitCpus);
    return cpus * (1 + rho ** k / (1 - rho));
  },
};

/**
 * A limit is a bucket that fills evenly: requests run at full speed until it is empty. What waits then is the M/M/1 queue
 * at the speed of the limit, of which only the part counts that the bucket does not take. `b`: quotas of a period in it.
 */
export function bucketLaw(hostCpus: number, requestMs: number): QueueLaw {
  return {
    name: 'b',
    formula: 'used / (1 - (used / host)^2) + rho / (1 - rho) exp(-(1 - rho) b quota / request)',
    most: 10,
    queueOf({ cpus, limitCpus }, b) {
      const rho = Math.min(FULL, cpus / limitCpus);
      const quotaMs = (limitCpus * periodUsFor(limitCpus)) / 1000;
      const held = (rho / (1 - rho)) * Math.exp((-(1 - rho) * b * quotaMs) / requestMs);
      return cpus / (1 - Math.min(FULL, cpus / hostCpus) ** 2) + held;
    },
  };
}

/** Parameter with the least mean square of the errors' logarithms, and the root of that: how far off it typically is. */
export function fitLaw(
  law: QueueLaw,
  points: readonly QueuePoint[],
): { readonly parameter: number; readonly error: number } {
  let best = { parameter: 0, error: Number.POSITIVE_INFINITY };
  for (let step = 0; step <= 1000; step++) {
    const parameter = (step / 1000) * law.most;
    const squares = points.reduce(
      (sum, point) => sum + Math.log(law.queueOf(point, parameter) / point.queue) ** 2,
      0,
    );
    const error = Math.sqrt(squares / points.length);
    if (error < best.error) best = { parameter, error };
  }
  return best;
}
