import { exponential } from './noise.ts';
import type { Random } from '../../random.ts';

/** A load to be painted, one value a second; `cpu` is a share of the peak. */
export interface Canvas {
  readonly seconds: number;
  readonly cpu: Float32Array;
  readonly ioSessions: Float32Array;
  readonly lockSessions: Float32Array;
  readonly memoryBytes: Float32Array;
  readonly random: Random;
}

export type Painter = (canvas: Canvas) => void;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const GIB = 1024 ** 3;

/** The waiters of a lock storm at its height. */
export const STORM_WAITERS = 200;
const LEAK_FROM_BYTES = 2 * GIB;
const LEAK_TO_BYTES = 20 * GIB;

export function paintSteps({ seconds, cpu, random }: Canvas): void {
  for (let from = 0; from < seconds;) {
    const to = from + Math.round(between(10 * MINUTE, 40 * MINUTE, random));
    cpu.fill(between(0.05, 1, random), from, to);
    from = to;
  }
}

export function paintSpikes(canvas: Canvas): void {
  const { seconds, cpu, random } = canvas;
  cpu.fill(0.08);
  for (
    let from = exponential(20 * MINUTE, random);
    from < seconds;
    from += exponential(20 * MINUTE, random)
  ) {
    const height = between(0.5, 1, random);
    const end = from + between(10, 90, random);
    raise(cpu, from, end, () => height);
  }
}

/** Workdays with a lunch break, quiet nights and weekends. The first day is a Monday. */
export function paintDiurnal({ seconds, cpu }: Canvas): void {
  for (let second = 0; second < seconds; second += 1) {
    const hour = (second % DAY) / HOUR;
    const isWeekend = Math.floor(second / DAY) % 7 >= 5;
    const work = bell(hour, 10.5, 2) + 0.9 * bell(hour, 15.5, 2.4);
    cpu[second] = 0.06 + 0.08 * bell(hour, 20.5, 1.5) + (isWeekend ? 0.25 : 0.86) * Math.min(work, 1);
  }
}

/** A job at five past every hour, which reads much. */
export function paintBatch({ seconds, cpu, ioSessions, random }: Canvas): void {
  cpu.fill(0.04);
  for (let from = 5 * MINUTE; from < seconds; from += HOUR) {
    const to = from + Math.round(between(8 * MINUTE, 20 * MINUTE, random));
    cpu.fill(between(0.75, 1, random), from, to);
    ioSessions.fill(between(1, 4, random), from, to);
  }
}

/** Everybody comes within a minute, and loses interest over hours. */
export function paintFlashCrowd({ seconds, cpu }: Canvas): void {
  const arrival = Math.floor(seconds * 0.4);
  const fading = Math.min(HOUR, seconds * 0.15);
  for (let second = 0; second < seconds; second += 1) {
    const since = second - arrival;
    const crowd = since < 0 ? 0 : since < MINUTE ? since / MINUTE : Math.exp(-(since - MINUTE) / fading);
    cpu[second] = 0.07 + 0.93 * crowd;
  }
}

/** Used now and then, and not at all in between. */
export function paintOnOff({ seconds, cpu, random }: Canvas): void {
  for (let from = Math.round(between(0, 5 * MINUTE, random)); from < seconds;) {
    const to = from + Math.round(between(3 * MINUTE, 15 * MINUTE, random));
    cpu.fill(between(0.3, 1, random), from, to);
    from = to + Math.round(between(5 * MINUTE, 40 * MINUTE, random));
  }
}

/** Somebody holds what all others need: they pile up, work comes to a halt, and is caught up on afterwards. */
export function paintLockStorm({ seconds, cpu, lockSessions, random }: Canvas): void {
  cpu.fill(0.45);
  const first = Math.min(20 * MINUTE, seconds * 0.2);
  for (let start = first; start < seconds; start += between(1.5 * HOUR, 3 * HOUR, random)) {
    const from = Math.floor(start);
    const piling = between(60, 180, random);
    const released = Math.floor(from + piling + between(60, 300, random));
    for (let second = from; second < Math.min(released, seconds); second += 1) {
      const share = Math.min((second - from) / piling, 1);
      lockSessions[second] = Math.round(STORM_WAITERS * share);
      cpu[second] = 0.45 * (1 - 0.9 * share);
    }
    cpu.fill(1, released, released + 30);
  }
}

/** Memory that is never given back, until a restart. */
export function paintSlowLeak({ seconds, cpu, memoryBytes }: Canvas): void {
  const life = Math.floor(Math.min(20 * HOUR, seconds * 0.8));
  for (let second = 0; second < seconds; second += 1) {
    const age = second % life;
    const isRestarting = second >= life && age < 30;
    cpu[second] = isRestarting ? 0 : 0.6 + 0.25 * Math.sin((2 * Math.PI * second) / (6 * HOUR));
    memoryBytes[second] = LEAK_FROM_BYTES + ((LEAK_TO_BYTES - LEAK_FROM_BYTES) * age) / (life - 1);
  }
}

function raise(values: Float32Array, from: number, to: number, height: (second: number) => number): void {
  const end = Math.min(Math.ceil(to), values.length);
  for (let second = Math.floor(from); second < end; second += 1)
    values[second] = Math.max(values[second]!, height(second));
}

function bell(at: number, middle: number, width: number): number {
  return Math.exp(-(((at - middle) / width) ** 2) / 2);
}

function between(least: number, most: number, random: Random): number {
  return least + (most - least) * random();
}
