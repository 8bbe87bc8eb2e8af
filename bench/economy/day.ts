import { seededRandom } from '../../src/random.ts';
import type { RateSegment } from '../load/arrivals.ts';

/** Parts of the day: how long, as a share of it, and how much is asked for, as a share of the peak. */
const PARTS: readonly { readonly name: string; readonly share: number; readonly level: number }[] = [
  { name: 'night', share: 0.16, level: 0.03 },
  { name: 'first step', share: 0.05, level: 0.15 },
  { name: 'second step', share: 0.05, level: 0.3 },
  { name: 'morning', share: 0.13, level: 0.4 },
  { name: 'noon', share: 0.08, level: 0.2 },
  { name: 'afternoon', share: 0.12, level: 0.45 },
  { name: 'rush', share: 0.05, level: 0.75 },
  { name: 'evening', share: 0.12, level: 0.15 },
  { name: 'quiet', share: 0.1, level: 0.05 },
  { name: 'batch', share: 0.06, level: 1 },
  { name: 'late', share: 0.08, level: 0.04 },
];
/** They come out of nothing and take all of the peak. */
const SPIKE_SECONDS = 10;
const SECONDS_PER_SPIKE = 225;
/** Where nights are silent, nobody comes in parts as quiet as this. */
const SILENT_BELOW = 0.1;
/** Demand of the whole day, as a share of its peak. */
export const MEAN_LEVEL = 0.25;

/**
 * What is asked for in each second of a day that takes `seconds`, as a share of the peak: quiet, steps, spikes and a
 * batch, the parts in proportion to the day, the spikes always as short. The mean is {@link MEAN_LEVEL}. `silentNights`:
 * without a single request where it is quiet.
 */
export function dayLevels(seconds: number, seed: number, silentNights = false): number[] {
  const levels = Array.from({ length: seconds }, (_, second) => {
    const level = partLevel(second / seconds);
    return silentNights && level < SILENT_BELOW ? 0 : level;
  });
  for (const second of spikeSeconds(seconds, seed)) levels[second] = 1;
  const scale = scaleToMean(levels);
  return levels.map((level) => (level === 1 ? 1 : level * scale));
}

export function toSegments(levels: readonly number[], peakPerSecond: number): RateSegment[] {
  return levels.map((level, second) => ({ untilMs: (second + 1) * 1000, perSecond: level * peakPerSecond }));
}

function partLevel(at: number): number {
  let end = 0;
  for (const { share, level } of PARTS) {
    end += share;
    if (at < end) return level;
  }
  return PARTS.at(-1)?.level ?? 0;
}

/** One spike somewhere in every stretch of the day. */
function spikeSeconds(seconds: number, seed: number): number[] {
  const random = seededRandom(seed, 'spikes');
  const spikes = Math.max(1, Math.round(seconds / SECONDS_PER_SPIKE));
  const stretch = seconds / spikes;
  return Array.from({ length: spikes }, (_, index) =>
    Math.floor(index * stretch + random() * Math.max(0, stretch - SPIKE_SECONDS)),
  )
    .flatMap((first) => Array.from({ length: SPIKE_SECONDS }, (_, offset) => first + offset))
    .filter((second) => second < seconds);
}

/** What everything below the peak is multiplied with, so that the mean is right. */
function scaleToMean(levels: readonly number[]): number {
  const atPeak = levels.filter((level) => level === 1).length;
  const below = levels.reduce((sum, level) => sum + (level === 1 ? 0 : level), 0);
  return (MEAN_LEVEL * levels.length - atPeak) / below;
}
