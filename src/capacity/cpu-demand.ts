import type { AcuShape } from './acu.ts';
import type { CapacityConfig, CpuExplanation, CpuMemory, CpuObservation, Look } from './model.ts';
import type { CapacityRules } from './rules.ts';

export const INITIAL_CPU: CpuMemory = {
  peaks: [],
  looks: [],
  settleUntilMs: 0,
};

/**
 * Splits waiting into what our own limit caused and the rest. `throttled` is time that processor queues of the
 * database stood still; how many processes stood in one follows from all that wanted to run and all the queues they
 * were in. What stood still for the limit cannot be more than what waited.
 */
export function explainCpu({ used, throttled, waiting }: CpuObservation, hostCpus: number): CpuExplanation {
  const wanting = used + waiting;
  const queues = Math.max((throttled ?? 0) + used, Math.min(hostCpus, wanting));
  const perQueue = queues > 0 ? wanting / queues : 0;
  const waitingForLimit = Math.min(waiting, (throttled ?? 0) * perQueue);
  return { used, waitingForLimit, waitingForHost: waiting - waitingForLimit };
}

/** The host keeps more waiting than our limit does: more capacity would not run it sooner. */
export function isHostSaturated({ waitingForLimit, waitingForHost }: CpuExplanation): boolean {
  return waitingForHost >= 0.5 && waitingForHost > waitingForLimit;
}

/** ACU in which `cpus` would be used to the target; more than the host has cannot be used. */
export function cpusToAcu(
  cpus: number,
  { shape, hostCpus }: CapacityConfig,
  { targetUtilisation }: CapacityRules,
): number {
  return Math.min(cpus / targetUtilisation, hostCpus) / shape.cpus;
}

/**
 * Processors that are asked for: what ran and what waited for our limit, but for the queue that chance makes of any load
 * that is served at its target.
 */
export function wantedCpus(
  { used, waitingForLimit }: CpuExplanation,
  { queueAllowance }: CapacityRules,
): number {
  return Math.max(used, (used + waitingForLimit) / (1 + queueAllowance));
}

/** The looks that still count, the new one last. */
export function addLook(
  looks: readonly Look[],
  look: Look,
  { fastWindowMs }: CapacityRules,
): readonly Look[] {
  return [...looks, look].filter(({ atMs }) => look.atMs - atMs < fastWindowMs);
}

/** Mean of the looks over the window; time that no look covers counts as idle. */
export function meanCpus(looks: readonly Look[], { fastWindowMs }: CapacityRules): number {
  const cpuMs = looks.reduce((sum, { cpus, durationMs }) => sum + cpus * durationMs, 0);
  const coveredMs = looks.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return cpuMs / Math.max(coveredMs, fastWindowMs);
}

export function networkToAcu(
  bytesPerSecond: number,
  shape: AcuShape,
  { targetUtilisation }: CapacityRules,
): number {
  return bytesPerSecond / targetUtilisation / shape.networkBytesPerSecond;
}

/** Private memory that a session may come to need before any of it is seen in use. */
const CONNECTION_BYTES = 5 * 1024 ** 2;

export function connectionsToAcu(connections: number, shape: AcuShape): number {
  return (connections * CONNECTION_BYTES) / shape.memoryBytes;
}
