import { join } from 'node:path';
import type { ControlFiles, ControlReader } from './control-files.ts';
import { statNumber } from './control-stat.ts';
import type { Bandwidth, CpuControl } from './group-parts.ts';
import { refusal } from './refusal.ts';
import type { CpuAccount } from './resource-group.ts';

const NS_PER_US = 1_000;

/** CPU of a v2 group. */
export class CpuV2 implements CpuControl {
  readonly hasBurst: boolean;
  readonly #files: ControlFiles;
  readonly #max: string;
  readonly #burst: string;
  readonly #stat: ControlReader;

  constructor(files: ControlFiles, folder: string) {
    this.#files = files;
    this.#max = join(folder, 'cpu.max');
    this.#burst = join(folder, 'cpu.max.burst');
    this.hasBurst = files.exists(this.#burst);
    this.#stat = files.reader(join(folder, 'cpu.stat'));
  }

  bandwidth(): Bandwidth {
    const [quota = 'max', period = '100000'] = this.#files.read(this.#max).trim().split(' ');
    return {
      quotaUs: quota === 'max' ? null : Number(quota),
      periodUs: Number(period),
      burstUs: this.hasBurst ? Number(this.#files.read(this.#burst)) : 0,
    };
  }

  change(to: Bandwidth): void {
    // The burst may never be above the quota.
    if (this.bandwidth().burstUs > 0) this.#write(this.#burst, '0');
    this.#write(this.#max, `${to.quotaUs ?? 'max'} ${to.periodUs}`);
    if (to.burstUs > 0) this.#write(this.#burst, String(to.burstUs));
  }

  account(): CpuAccount | null {
    const stat = this.#stat.read();
    if (stat === null) return null;
    return {
      usageNs: (statNumber(stat, 'usage_usec') ?? 0) * NS_PER_US,
      throttledNs: (statNumber(stat, 'throttled_usec') ?? 0) * NS_PER_US,
      periods: statNumber(stat, 'nr_periods') ?? 0,
      throttledPeriods: statNumber(stat, 'nr_throttled') ?? 0,
    };
  }

  close(): void {
    this.#stat.close();
  }

  #write(path: string, text: string): void {
    try {
      this.#files.writeNow(path, text);
    } catch (error) {
      throw refusal(this.#files, path, text, error);
    }
  }
}
