import type { DeviceActivity } from '../../fleet.ts';

/** What a device did in some time. */
export interface DeviceWork {
  readonly durationMs: number;
  readonly reads: number;
  readonly writes: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  /** Time of all requests together, in the queue and in the device. */
  readonly readMs: number;
  readonly writeMs: number;
}

/** Null where there was no time. */
export function deviceRates(all: readonly DeviceWork[]): DeviceActivity | null {
  const sum = (of: keyof DeviceWork): number => all.reduce((total, one) => total + one[of], 0);
  const durationMs = sum('durationMs');
  if (durationMs <= 0) return null;
  const perSecond = (of: keyof DeviceWork): number => (sum(of) * 1000) / durationMs;
  const [reads, writes] = [sum('reads'), sum('writes')];
  return {
    readIops: perSecond('reads'),
    writeIops: perSecond('writes'),
    readBytesPerSecond: perSecond('readBytes'),
    writeBytesPerSecond: perSecond('writeBytes'),
    readMs: reads > 0 ? sum('readMs') / reads : null,
    writeMs: writes > 0 ? sum('writeMs') / writes : null,
  };
}
