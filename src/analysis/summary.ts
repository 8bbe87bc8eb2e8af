import { baselineMs } from './baseline.ts';
import { shares } from './evidence.ts';
import type { AnalysisInput } from './input.ts';
import type { Finding } from './model.ts';
import { averageIn, loadOf, meanIn, rankedIn, wholeWindow } from './parts.ts';
import { THRESHOLDS } from './thresholds.ts';
import { count, duration, figure, times } from './wording.ts';

/** Mean load of the window; null where nothing was observed. */
export function loadOfWindow(input: AnalysisInput): number | null {
  const isCovered = input.coveredMs.some((ms) => ms > 0);
  return isCovered ? averageIn(input, loadOf(input, input.waits), wholeWindow(input)) : null;
}

/** What happened, in a few sentences. */
export function summaryOf(input: AnalysisInput, findings: readonly Finding[]): string[] {
  const aas = loadOfWindow(input);
  if (aas === null)
    return [
      'Nothing was observed in this window, so nothing can be said about it.',
      ...recordSentence(input),
    ];
  return [
    ...(findings.length === 0 ? [`Nothing stands out in these ${duration(lengthOf(input))}.`] : []),
    loadSentence(input, aas),
    ...waitSentence(input, aas),
    ...recordSentence(input),
    ...cutOffSentence(input),
    ...worstSentence(findings),
  ];
}

function lengthOf({ window }: AnalysisInput): number {
  return window.toMs - window.fromMs;
}

function loadSentence(input: AnalysisInput, aas: number): string {
  const whole = wholeWindow(input);
  const vcpus = meanIn(input.vcpus, whole);
  const on = vcpus === null ? '' : ` on ${figure(vcpus)} vCPU`;
  return `${figure(aas)} sessions were active on average${on}, ${usualWords(input, aas)}.`;
}

function usualWords({ baseline }: AnalysisInput, aas: number): string {
  if (baseline === null) return 'and too little is known of the time before to say whether that is usual';
  const usual = `${figure(baseline.aas)} in the ${duration(baselineMs(baseline))} before`;
  const { ratio, leastMoreAas } = THRESHOLDS.baseline;
  const isMore = aas >= baseline.aas * ratio && aas - baseline.aas >= leastMoreAas;
  return isMore
    ? `${times(aas / Math.max(baseline.aas, 0.01))} as many as usual (${usual})`
    : `against ${usual}`;
}

function waitSentence(input: AnalysisInput, aas: number): string[] {
  if (aas < 0.1) return [];
  const waits = shares(rankedIn(input, input.waits, wholeWindow(input)), 3);
  return waits === '' ? [] : [`Of that: ${waits}.`];
}

function recordSentence({ recordedSinceMs, window }: AnalysisInput): string[] {
  if (recordedSinceMs === null || recordedSinceMs <= window.fromMs + THRESHOLDS.notObserved.leastMs)
    return [];
  if (recordedSinceMs >= window.toMs) return ['The record begins later.'];
  return [`The record begins ${duration(recordedSinceMs - window.fromMs)} after the start of the window.`];
}

function cutOffSentence({ capacity, window }: AnalysisInput): string[] {
  const firstMs = capacity?.decisions[0]?.atMs;
  if (capacity?.isCutOff !== true || firstMs === undefined) return [];
  return [
    `Capacity was looked at for the last ${duration(window.toMs - firstMs)} only; there are more decisions than that.`,
  ];
}

function worstSentence(findings: readonly Finding[]): string[] {
  const [worst] = findings;
  if (worst === undefined) return [];
  const high = findings.filter(({ severity }) => severity === 'high').length;
  const serious = high === 0 ? '' : `, ${high} of high severity`;
  return [`${count(findings.length, 'finding')}${serious}. The first: ${worst.title}.`];
}
