import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';
import { formatAcu, formatCount, formatMoney, formatMs, formatShare } from '../../format/numbers.ts';

/** Why capacity is what it is, in a few words and with how much that matters. */
export interface CapacityHeadline {
  readonly level: 'quiet' | 'fine' | 'busy' | 'stuck';
  readonly title: string;
}

const RESOURCE_NAMES = {
  cpu: 'CPU',
  memory: 'memory',
  network: 'network',
  connections: 'connections',
} as const;

export function headlineOf({ status, lastDecision }: ClusterAnswer): CapacityHeadline {
  if (status === 'paused') return { level: 'quiet', title: 'Asleep' };
  if (status === 'failed') return { level: 'stuck', title: 'Failed' };
  if (status !== 'available' && status !== 'modifying') return { level: 'quiet', title: capitalised(status) };
  if (lastDecision === null) return { level: 'quiet', title: 'Nothing is known yet' };
  const { cap, hostSaturated, hold } = lastDecision.decision;
  if (cap === 'maximum') return { level: 'stuck', title: 'At its maximum, and more is asked for' };
  if (cap !== null) return { level: 'stuck', title: 'Bounded by the host, and more is asked for' };
  if (hostSaturated) return { level: 'busy', title: 'The host is saturated: more capacity would not help' };
  const what = hold.resource === null ? 'demand' : RESOURCE_NAMES[hold.resource];
  if (hold.kind === 'recent-demand' && hold.resource === null) {
    return { level: 'fine', title: 'Raised a moment ago, and watched' };
  }
  switch (hold.kind) {
    case 'demand':
      return { level: 'fine', title: `As much as ${what} asks for` };
    case 'recent-demand':
      return { level: 'fine', title: `Held for a while after ${what} asked for it` };
    case 'small-saving':
      return { level: 'fine', title: 'Steady' };
    case 'memory-step':
      return { level: 'fine', title: 'On its way down, as memory is given back' };
    case 'cache-needed':
      return { level: 'busy', title: 'Held, since its cache is needed' };
    case 'missing-observation':
      return { level: 'busy', title: 'Held, since something could not be observed' };
    case 'resume-boost':
      return { level: 'fine', title: 'Just woken' };
    case 'minimum':
      return { level: 'fine', title: 'At its minimum' };
  }
}

/** As in `2 vCPUs, 16 GiB`. */
export function shapeText(acu: number, { cpus, memoryBytes }: ClusterAnswer['shape']): string {
  const vcpus = acu * cpus;
  const gib = (acu * memoryBytes) / 1024 ** 3;
  return `${formatCount(vcpus)} ${vcpus === 1 ? 'vCPU' : 'vCPUs'}, ${formatCount(gib)} GiB`;
}

/** Reasons begin in the middle of a sentence. */
export function sentenceOf(reason: string): string {
  const text = capitalised(reason.trim());
  return /[.!?]$/.test(text) || text === '' ? text : `${text}.`;
}

/** What is used against what a machine of the maximum's size would have: `94 % saved`. */
export function savedText(amount: number, fixedAmount: number): string {
  if (fixedAmount <= 0) return '–';
  const saved = Math.max(0, fixedAmount - amount);
  return `${formatShare(saved, fixedAmount)} saved`;
}

/** How it stands with pausing, where no sentence of the decision says so. */
export function pauseText({ status, pause }: ClusterAnswer, nowMs: number): string | null {
  if (pause.unavailable !== null) return `It cannot be paused: ${pause.unavailable}`;
  if (status === 'paused') return null;
  if (pause.secondsUntilAutoPause === null) return 'It is never paused, since its minimum is above 0.';
  const { lastWake } = pause;
  const rule = `It is paused after ${formatMs(pause.secondsUntilAutoPause * 1000)} without use.`;
  if (lastWake === null) return rule;
  const ago = formatMs(Math.max(0, nowMs - lastWake.atMs));
  return `${rule} Last woken ${ago} ago by ${lastWake.cause}, in ${formatMs(lastWake.tookMs)}.`;
}

/** Money for the window, and for a machine of the maximum's size over the same time. */
export function windowCost({
  acuHours,
  fixedMaximumAcuHours,
  pricePerAcuHour,
  currency,
}: CapacityAnswer['used']) {
  const amount = acuHours * pricePerAcuHour;
  const fixedAmount = fixedMaximumAcuHours * pricePerAcuHour;
  return { amount, fixedAmount, text: formatMoney(amount, currency), hours: acuHoursText(acuHours) };
}

export function acuHoursText(acuHours: number): string {
  return acuHours > 0 && acuHours < 0.01 ? '<0.01 ACU-hours' : `${formatCount(acuHours)} ACU-hours`;
}

export function rangeText({ min, max }: { readonly min: number; readonly max: number }): string {
  return `${formatCount(min)} – ${formatAcu(max)}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
