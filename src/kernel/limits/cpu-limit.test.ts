import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandwidthFor, isSameBandwidth } from './cpu-bandwidth.ts';
import { CpuV1 } from './cpu-v1.ts';
import { CpuV2 } from './cpu-v2.ts';
import { FakeFiles, systemError } from './fake-files-fixture.ts';
import type { CpuControl } from './group-parts.ts';

/** The kernel's own rule: a burst is never above the quota, neither before nor after a write. */
function check(quotaUs: number, burstUs: number): void {
  if (quotaUs >= 0 && (quotaUs < 1_000 || burstUs > quotaUs)) throw systemError('EINVAL');
}

function v1(): CpuControl {
  const files = new FakeFiles()
    .put('/g/cpu.cfs_quota_us', '-1')
    .put('/g/cpu.cfs_period_us', '100000')
    .put('/g/cpu.cfs_burst_us', '0');
  const keep = (path: string): void =>
    void files.onWrite(path, (text) => {
      const is = (file: string): number => Number(path === file ? text : files.read(file));
      check(is('/g/cpu.cfs_quota_us'), is('/g/cpu.cfs_burst_us'));
      files.put(path, text);
    });
  for (const path of ['/g/cpu.cfs_quota_us', '/g/cpu.cfs_period_us', '/g/cpu.cfs_burst_us']) keep(path);
  return new CpuV1(files, '/g', '/g');
}

function v2(): CpuControl {
  const files = new FakeFiles().put('/g/cpu.max', 'max 100000\n').put('/g/cpu.max.burst', '0\n');
  const quota = (text: string): number => (text.startsWith('max') ? -1 : Number(text.split(' ')[0]));
  files.onWrite('/g/cpu.max', (text, path) => {
    check(quota(text), Number(files.read('/g/cpu.max.burst')));
    files.put(path, `${text}\n`);
  });
  files.onWrite('/g/cpu.max.burst', (text, path) => {
    check(quota(files.read('/g/cpu.max')), Number(text));
    files.put(path, `${text}\n`);
  });
  return new CpuV2(files, '/g');
}

describe.each([
  ['v1', v1],
  ['v2', v2],
])('the CPU limit of %s', (_, make) => {
  it('is changed in an order that the kernel takes, up and down', () => {
    const cpus = fc.option(fc.integer({ min: 1, max: 512 }).map((n) => n / 8));
    fc.assert(
      fc.property(fc.array(cpus, { maxLength: 12 }), (steps) => {
        const control = make();
        for (const step of steps) {
          const wanted = bandwidthFor(step, control.hasBurst);
          control.change(wanted);
          expect(isSameBandwidth(control.bandwidth(), wanted)).toBe(true);
        }
      }),
    );
  });
});

describe('the CPU account', () => {
  it('of v1 is made of two files, in nanoseconds', () => {
    const files = new FakeFiles()
      .put('/cpu/g/cpu.stat', 'nr_periods 20\nnr_throttled 7\nthrottled_time 350000000\nnr_bursts 0\n')
      .put('/cpuacct/g/cpuacct.usage', '1234567890\n');
    expect(new CpuV1(files, '/cpu/g', '/cpuacct/g').account()).toEqual({
      usageNs: 1_234_567_890,
      throttledNs: 350_000_000,
      periods: 20,
      throttledPeriods: 7,
    });
    files.vanish('/cpuacct');
    expect(new CpuV1(files, '/cpu/g', '/cpuacct/g').account()).toBeNull();
  });

  it('of v2 is told in microseconds', () => {
    const stat = 'usage_usec 1234\nuser_usec 1\nnr_periods 20\nnr_throttled 7\nthrottled_usec 350\n';
    expect(new CpuV2(new FakeFiles().put('/g/cpu.stat', stat), '/g').account()).toEqual({
      usageNs: 1_234_000,
      throttledNs: 350_000,
      periods: 20,
      throttledPeriods: 7,
    });
  });
});
