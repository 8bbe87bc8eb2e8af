/**
 * How much chance makes requests wait behind a CPU limit, in a stretch of steady load.
 *
 * A limit of cgroups is a bucket: a period's quota, and as much again as burst. Work that comes at random runs at full
 * speed until the bucket is empty, and then waits for quota. The work that stands before a limit of `c` processors exceeds
 * `x` about as often as
 *
 *     utilisation x exp(-(1 - utilisation) x / r - x^2 / (s c T))
 *
 * (the first part is the M/G/1 queue for requests of `s` CPU-seconds, of which one in service still needs `r` on average; the
 * second cuts off what would take longer than `T` to build up, since the load does not stay the same for so long). Whoever
 * finds more than the bucket holds waits for what is beyond it. Held against real limits by `npm run bench -- model`.
 */
const BUCKET_QUOTAS = 2;
/** How many times the stretch that a load is told for it may take a queue to build up. */
export const HORIZON_STRETCHES = 2;
/** Of the sessions that wait by chance, so many are seen waiting for the limit, the rest for each other. */
export const HELD_BY_LIMIT = 0.4;

/** What a period gives, as the limits of `src/kernel/limits` are set: seconds. */
function periodSeconds(limitCpus: number): number {
  if (limitCpus < 0.5) return 0.05;
  return limitCpus < 2 ? 0.02 : 0.01;
}

/** Of the bucket, what is left beyond the period's own quota. */
export function burstCpuSeconds(limitCpus: number): number {
  return (BUCKET_QUOTAS - 1) * limitCpus * periodSeconds(limitCpus);
}

/** CPU that a request in service still needs, mean: less than all of it where requests are alike. */
export function leftOfRequest(cpuSeconds: number, variation: number): number {
  return (cpuSeconds * (1 + variation ** 2)) / 2;
}

export interface Queueing {
  /** The share of the requests that wait. */
  readonly share: number;
  /** How long those do, mean. */
  readonly meanSeconds: number;
  /** Sessions that wait, mean number, those that wait for processors of the host included. */
  readonly waiting: number;
  /** What every request waits for processors of the host. */
  readonly hostSeconds: number;
}

export interface QueueSetting {
  readonly limitCpus: number;
  readonly hostCpus: number;
  readonly requestCpuSeconds: number;
  /** Standard deviation of that over its mean. */
  readonly requestVariation: number;
  readonly horizonSeconds: number;
}

export function queueingAt(utilisation: number, setting: QueueSetting): Queueing {
  const { limitCpus, hostCpus, requestCpuSeconds, horizonSeconds } = setting;
  const leftSeconds = leftOfRequest(requestCpuSeconds, setting.requestVariation);
  const comingCpus = utilisation * limitCpus;
  const crowd = 1 / (1 - Math.min(0.9, comingCpus / hostCpus) ** 2) - 1;
  const hostWaiting = comingCpus * crowd;
  const host = { hostSeconds: requestCpuSeconds * crowd };
  if (utilisation <= 0 || limitCpus >= hostCpus) {
    return { share: 0, meanSeconds: 0, waiting: hostWaiting, ...host };
  }
  const bucket = BUCKET_QUOTAS * limitCpus * periodSeconds(limitCpus);
  const decay = (1 - utilisation) / leftSeconds;
  const cut = 1 / (requestCpuSeconds * limitCpus * horizonSeconds);
  const share = utilisation * Math.exp(-decay * bucket - cut * bucket * bucket);
  const beyond = (bucket + decay / (2 * cut)) * Math.sqrt(cut);
  const meanSeconds = (Math.sqrt(Math.PI / (4 * cut)) * scaledErfc(beyond)) / limitCpus;
  const waiting = (comingCpus / requestCpuSeconds) * share * meanSeconds + hostWaiting;
  return { share, meanSeconds, waiting, ...host };
}

/** exp(x^2) erfc(x) for x >= 0, by the rational approximation of Abramowitz and Stegun, 7.1.26. */
function scaledErfc(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  return t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
}
