import { spawnSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HostCpu, parseCpuTimes, readBootId, readBootMs, readHostFacts } from './host-facts.ts';

describe('host facts', () => {
  it('are within what the system has', () => {
    const { cpus, memoryBytes } = readHostFacts();
    expect(cpus).toBeGreaterThan(0);
    expect(cpus).toBeLessThanOrEqual(availableParallelism());
    expect(memoryBytes).toBeGreaterThan(0);
    expect(memoryBytes).toBeLessThanOrEqual(totalmem());
  });

  it('name the boot, and are the same in another process', () => {
    const program = `import('${import.meta.resolve('./host-facts.ts')}').then((m) => console.log(JSON.stringify(m.readHostFacts())))`;
    const before = readBootMs();
    const { stdout } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), '-e', program], {
      encoding: 'utf8',
    });
    const other = JSON.parse(stdout) as ReturnType<typeof readHostFacts>;
    expect(other.bootId).toBe(readBootId());
    expect(other.bootMs).toBeGreaterThanOrEqual(before);
    expect(other.bootMs).toBeLessThanOrEqual(readBootMs());
  }, 30_000);
});

describe('the boot clock', () => {
  it('goes as fast as the monotonic clock', async () => {
    // Each reading lies between two of the monotonic clock, so a process that is held up meanwhile does no harm.
    const start = { from: performance.now(), bootMs: readBootMs(), to: performance.now() };
    await sleep(200);
    const end = { from: performance.now(), bootMs: readBootMs(), to: performance.now() };
    const GRAIN_MS = 11;
    expect(end.bootMs - start.bootMs).toBeGreaterThan(end.from - start.to - GRAIN_MS);
    expect(end.bootMs - start.bootMs).toBeLessThan(end.to - start.from + GRAIN_MS);
  });

  it('is whole milliseconds', () => {
    expect(Number.isInteger(readBootMs())).toBe(true);
  });
});

describe('the processors of the host', () => {
  it('are busy while this process is', async () => {
    const host = new HostCpu();
    const end = performance.now() + 200;
    while (performance.now() < end);
    const { busyShare } = host.look();
    expect(busyShare).toBeGreaterThan(0);
    expect(busyShare).toBeLessThanOrEqual(1);
    // Asked again within a clock tick there is nothing new to tell.
    expect(host.look().busyShare).not.toBeNull();
  });

  it('are counted as busy for what was taken from us, and not for guests twice', () => {
    const stat = 'cpu  100 10 50 1000 200 3 4 30 90 5\ncpu0 1 2 3 4 5 6 7 8 9 10\n';
    expect(parseCpuTimes(stat)).toEqual({ busy: 100 + 10 + 50 + 3 + 4 + 30, idle: 1200 });
    expect(parseCpuTimes('')).toBeNull();
  });
});
