import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { DataLimitHelper, HELPER_PROGRAMS } from './data-limit-helper.ts';
import { openDataLimiter } from './data-limit.ts';
import type { UserIds } from './data-limit.ts';
import { parseStatm, ProcessMemoryReader, readDataLimit } from './process-memory.ts';
import { readText } from './process-reader.ts';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
/** Nobody; where we are not root there is only one user. */
const OTHER: UserIds = isRoot ? { uid: 65534, gid: 65534 } : null;
const MIB = 1024 ** 2;
const CAP_SYS_RESOURCE = 24n;

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

async function sleeper(ids: UserIds): Promise<number> {
  const child = spawn('/bin/sleep', ['600'], { ...ids, stdio: 'ignore' });
  children.push(child);
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  return child.pid ?? 0;
}

function mayLimitEverybody(): boolean {
  const mask = /^CapEff:\s+([0-9a-f]+)/m.exec(readText('/proc/self/status') ?? '')?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> CAP_SYS_RESOURCE) & 1n) === 1n;
}

describe('a limit of private memory', () => {
  for (const [whose, ids] of [
    ['our own user', null],
    ['another user', OTHER],
  ] as const) {
    it(`is set and lifted for ${whose}`, async (ctx) => {
      if (!isLinux) return ctx.skip('limits are a thing of Linux');
      const pid = await sleeper(ids);
      const limiter = openDataLimiter(ids);
      expect(await limiter.set(pid, 200 * MIB)).toBe(true);
      expect(readDataLimit(pid)).toBe(200 * MIB);
      expect(await limiter.set(pid, null)).toBe(true);
      expect(readDataLimit(pid)).toBe(Number.POSITIVE_INFINITY);
      limiter.close();
    });
  }

  it('is set in the order of the calls, also when nobody waits in between', async (ctx) => {
    if (!isLinux) return ctx.skip('limits are a thing of Linux');
    const pid = await sleeper(OTHER);
    const limiter = openDataLimiter(OTHER);
    const done = [1, 2, 3, 4, 5].map((mib) => limiter.set(pid, mib * 100 * MIB));
    limiter.close();
    expect(await Promise.all(done)).toEqual([true, true, true, true, true]);
    expect(readDataLimit(pid)).toBe(500 * MIB);
  });

  it('says when the process is gone', async (ctx) => {
    if (!isLinux) return ctx.skip('limits are a thing of Linux');
    const pid = await sleeper(OTHER);
    const child = children.at(-1);
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await gone;
    const limiter = openDataLimiter(OTHER);
    expect(await limiter.set(pid, MIB)).toBe(false);
    limiter.close();
  });

  it('is refused for the process of a third user, with the way out', async (ctx) => {
    if (!isLinux || !isRoot) return ctx.skip('only root can be two others');
    if (mayLimitEverybody()) return ctx.skip('this process may limit everybody');
    const pid = await sleeper({ uid: 65533, gid: 65533 });
    const limiter = openDataLimiter(OTHER);
    await expect(limiter.set(pid, MIB)).rejects.toMatchObject({
      code: 'LIMIT_REFUSED',
      message: expect.stringMatching(/Run Airglow as the user/) as string,
    });
    expect(readDataLimit(pid)).toBe(Number.POSITIVE_INFINITY);
    limiter.close();
  });

  for (const [program, { command }] of HELPER_PROGRAMS.entries()) {
    it(`is set by ${command}, and lifted`, async (ctx) => {
      if (!isLinux) return ctx.skip('limits are a thing of Linux');
      const pid = await sleeper(OTHER);
      const helper = new DataLimitHelper(program, OTHER);
      const isSet = await helper.set(pid, 300 * MIB);
      if (helper.hasEnded && !helper.hasAnswered) return ctx.skip(`there is no ${command} here`);
      expect(isSet).toBe(true);
      expect(readDataLimit(pid)).toBe(300 * MIB);
      expect(await helper.set(pid, null)).toBe(true);
      expect(readDataLimit(pid)).toBe(Number.POSITIVE_INFINITY);
      helper.end();
    });
  }

  it('is set by the next program where the best one is missing', async (ctx) => {
    const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path));
    if (!isLinux || prlimit === undefined) return ctx.skip('there is no prlimit here');
    const folder = await mkdtemp(join(tmpdir(), 'airglow-data-limit-'));
    await chmod(folder, 0o755);
    await symlink(prlimit, join(folder, 'prlimit'));
    vi.stubEnv('PATH', folder);
    const pid = await sleeper(OTHER);
    const limiter = openDataLimiter(OTHER);
    try {
      const both = [limiter.set(pid, 300 * MIB), limiter.set(pid, 400 * MIB)];
      expect(await Promise.all(both)).toEqual([true, true]);
      expect(readDataLimit(pid)).toBe(400 * MIB);
    } finally {
      vi.unstubAllEnvs();
      limiter.close();
      await rm(folder, { recursive: true });
    }
  });

  it('survives the end of the helper that sets it', async (ctx) => {
    if (!isLinux) return ctx.skip('limits are a thing of Linux');
    const pid = await sleeper(OTHER);
    const limiter = openDataLimiter(OTHER);
    expect(await limiter.set(pid, 100 * MIB)).toBe(true);
    for (const helper of childrenNamed('airglow-data-limit')) process.kill(helper, 'SIGKILL');
    // The order that goes to a helper on its way out may be lost; it is refused, not forgotten.
    await limiter.set(pid, 150 * MIB).catch(() => {});
    expect(await limiter.set(pid, 200 * MIB)).toBe(true);
    expect(readDataLimit(pid)).toBe(200 * MIB);
    limiter.close();
  });
});

function childrenNamed(name: string): number[] {
  const pids = (readText(`/proc/self/task/${process.pid}/children`) ?? '')
    .split(' ')
    .filter(Boolean)
    .map(Number);
  return pids.filter((pid) => (readText(`/proc/${pid}/cmdline`) ?? '').includes(name));
}

describe('the memory of a process', () => {
  it('is read from what the kernel prints, in pages', () => {
    expect(parseStatm('55274 5240 4012 1893 0 1105 0\n', 4096)).toEqual({
      privateBytes: (5240 - 4012) * 4096,
      mappedBytes: 1105 * 4096,
      otherBytes: (55274 - 1105) * 4096,
    });
    expect(parseStatm('0 0 0 0 0 0 0\n', 4096)).toBeNull();
    expect(parseStatm('', 4096)).toBeNull();
  });

  it('grows with what the process fills, and maps before it fills', (ctx) => {
    if (!isLinux) return ctx.skip('there is no /proc');
    const reader = new ProcessMemoryReader();
    const before = reader.read(process.pid);
    const filled = Buffer.alloc(64 * MIB, 1);
    const after = reader.read(process.pid);
    expect((after?.privateBytes ?? 0) - (before?.privateBytes ?? 0)).toBeGreaterThan(32 * MIB);
    expect(after?.mappedBytes).toBeGreaterThan(after?.privateBytes ?? 0);
    expect(filled.length).toBe(64 * MIB);
    reader.close();
  });

  it('is not that of a process which is gone', async (ctx) => {
    if (!isLinux) return ctx.skip('there is no /proc');
    const pid = await sleeper(null);
    const reader = new ProcessMemoryReader();
    expect(reader.read(pid)?.privateBytes).toBeGreaterThan(0);
    const child = children.at(-1);
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await gone;
    expect(reader.read(pid)).toBeNull();
    expect(readDataLimit(pid)).toBeNull();
    reader.close();
  });
});
