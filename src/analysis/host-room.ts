import { decidedPart } from './decisions.ts';
import type { AnalysisInput, Stretch } from './input.ts';
import { figure } from './wording.ts';

/** Whether a host has more for a database than its maximum. */
export interface HostRoom {
  /** Nothing, at all or at that time, so that a higher maximum would change nothing. */
  readonly isUsedUp: boolean;
  /** The most that a maximum may be; null where that is not known. */
  readonly mostAcu: number | null;
  /** What to do where nothing more is to be had. */
  readonly advice: string;
}

const ELSEWHERE = 'make the load cheaper, or move this database or another one to another host.';

/**
 * What the host had left in a part of the window, which is null where processors do not matter. Findings ask this one, so
 * that they do not contradict each other.
 */
export function hostRoom(input: AnalysisInput, part: Stretch | null): HostRoom {
  const { hostAcu = null, maxAcu = null } = input.capacity ?? {};
  if (hostAcu !== null && maxAcu !== null && maxAcu >= hostAcu) {
    const advice = `Its maximum is all that this host has (${figure(hostAcu)} ACU): ${ELSEWHERE}`;
    return { isUsedUp: true, mostAcu: hostAcu, advice };
  }
  const saturated = decidedPart(input, ({ hostSaturated }) => hostSaturated);
  const wasSaturated =
    part !== null && saturated !== null && saturated.fromMs < part.toMs && saturated.toMs > part.fromMs;
  return {
    isUsedUp: wasSaturated,
    mostAcu: hostAcu,
    advice: `The host was saturated at that time, and had nothing more to give: ${ELSEWHERE}`,
  };
}
