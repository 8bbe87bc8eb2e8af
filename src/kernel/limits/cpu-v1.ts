import { join } from 'node:path';
import type { ControlFiles, ControlReader } from './control-files.ts';
import { statNumber } from './control-stat.ts';
import type { Bandwidth, CpuControl } from './group-parts.ts';
import { refusal } from './refusal.ts';
import type { CpuAccount } from './resource-group.ts';

/** CPU of a v1 group: limits and account are two controllers, each with a folder that may be the same. */
export class CpuV1 implements CpuControl {
  readonly hasBurst: boolean;
  readonly #files: ControlFiles;
  readonly #quota: string;
  readonly #period: string;
  readonly #burst: string;
  readonly #stat: ControlReader;
  readonly #usage: ControlReader;

  constructor(files: ControlFiles, folder: string, accountFolder: string) {
    this.#files = files;
    this.#quota = join(folder, 'cpu.cfs_quota_us');
    this.#period = join(folder, 'cpu.cfs_period_us');
    this.#burst = join(folder, 'cpu.cfs_burst_us');
    this.hasBurst = files.exists(this.#burst);
    this.#stat = files.reader(join(folder, 'cpu.stat'));
    this.#usage = files.reader(join(accountFolder, 'cpuacct.usage'));
  }

  bandwidth(): Bandwidth {
    const quotaUs = this.#number(this.#quota);
    return {
      quotaUs: quotaUs < 0 ? null : quotaUs,
      periodUs: this.#number(this.#period),
      burstUs: this.hasBurst ? this.#number(this.#burst) : 0,
    };
  }

  change(to: Bandwidth): void {
    const from = this.bandwidth();
    // The burst may never be above the quota, on no step of the way. All of it happens within microseconds.
    if (from.burstUs > 0) this.#write(this.#burst, 0);
    if (from.periodUs !== to.periodUs) this.#write(this.#period, to.periodUs);
    if (from.quotaUs !== to.quotaUs) this.#write(this.#quota, to.quotaUs ?? -1);
    if (to.burstUs > 0) this.#write(this.#burst, to.burstUs);
  }

  account(): CpuAccount | null {
    const stat = this.#stat.read();
    const usage = this.#usage.read();
    if (stat === null || usage === null) return null;
    return {
      usageNs: Number(usage),
      throttledNs: statNumber(stat, 'throttled_time') ?? 0,
      periods: statNumber(stat, 'nr_periods') ?? 0,
      throttledPeriods: statNumber(stat, 'nr_throttled') ?? 0,
    };
  }

  close(): void {
    this.#stat.close();
    this.#usage.close();
  }

  #number(path: string): number {
    return Number(this.#files.read(path));
  }

  #write(path: string, value: number): void {
    try {
      this.#files.writeNow(path, String(value));
    } catch (error) {
      throw refusal(this.#files, path, String(value), error);
    }
  }
}
