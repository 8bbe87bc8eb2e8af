import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { startCli, type RunningCli } from '../kit/airglow-cli.ts';
import { waitFor } from '../kit/wait-for.ts';

let folder = '';
let running: RunningCli | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ag-demo-'));
  // As the system's own: the database's user passes through.
  await chmod(folder, 0o755);
});

afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.exited;
  await waitFor(async () => (await leftovers()).length === 0, { what: 'the demo to clean up' });
  await rm(folder, { recursive: true, force: true });
});

function startDemo(...args: readonly string[]): RunningCli {
  running = startCli(['demo', ...args], { TMPDIR: folder });
  return running;
}

/** What is in the folder of the demo; tsx, which runs the sources here, keeps a folder of its own. */
async function leftovers(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => !name.startsWith('tsx-'));
}

async function untilShown({ out, err }: RunningCli, text: RegExp): Promise<void> {
  await waitFor(() => text.test(out()), { what: `${String(text)} in ${out()}${err()}`, timeoutMs: 120_000 });
}

interface Traces {
  readonly postmasterPid: number;
  /** Of the postmaster, so that another process of the same number is not taken for it. */
  readonly identity: string;
  readonly groupId: string;
}

async function tracesOf(): Promise<Traces> {
  const [state = ''] = await leftovers();
  const cluster = join(folder, state, 'clusters', 'demo');
  const { id, postmaster } = JSON.parse(readFileSync(join(cluster, 'cluster.json'), 'utf8')) as {
    id: string;
    postmaster: { pid: number };
  };
  const identity = processIdentity(postmaster.pid);
  if (identity === null) throw new Error('the server does not run');
  return { postmasterPid: postmaster.pid, identity, groupId: id };
}

async function untilGone({ postmasterPid, identity, groupId }: Traces): Promise<void> {
  await waitFor(() => processIdentity(postmasterPid) !== identity, { what: 'the server to end' });
  await waitFor(async () => (await leftovers()).length === 0, { what: 'an empty folder' });
  const limits = await openLimits();
  if (!('list' in limits)) return;
  await waitFor(async () => !(await limits.list()).includes(groupId), { what: 'the groups to be gone' });
}

/** A status line: the database runs and is observed. */
const RUNNING = /^ {2}\S.+ capacity [\d.]+ ACU/m;

describe('airglow demo without a terminal', { timeout: 180_000 }, () => {
  it('tells phase, load and capacity, then what it came to, and leaves nothing behind', async () => {
    const { out, err, exited } = startDemo('--seconds', '10');
    expect({ code: await exited, err: err() }).toEqual({ code: 0, err: '' });
    expect(out()).toMatch(/^Starting a serverless PostgreSQL, 0\.5 to 8 ACU/);
    expect(out()).toMatch(/^ {2}\S.+ capacity [\d.]+ ACU.* · AAS \d+\.\d+ · CPU.+ · waits \d+\.\d+/m);
    expect(out()).toMatch(/^ {2}used +0\.\d+ ACU-h, USD 0\.\d+$/m);
    expect(out()).toMatch(/^ {2}a fixed [\d.]+ ACU +0\.\d+ ACU-h/m);
    expect(out()).toMatch(/^ {2}saved +\d+ %$/m);
    expect(out()).toMatch(/^ {2}changes +\d+: \d+ up, \d+ down/m);
    expect(out()).not.toMatch(/postgres(ql)?:\/\//);
    expect(await leftovers()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says what it came to on %s, and leaves nothing behind',
    async (signal) => {
      const demo = startDemo();
      await untilShown(demo, RUNNING);
      const traces = await tracesOf();
      demo.child.kill(signal);
      expect({ code: await demo.exited, err: demo.err() }).toEqual({ code: 0, err: '' });
      expect(demo.out()).toMatch(/^ {2}used +0\.\d+ ACU-h/m);
      expect(await leftovers()).toEqual([]);
      await untilGone(traces);
    },
  );

  it('leaves nothing behind on kill -9', async () => {
    const demo = startDemo();
    await untilShown(demo, RUNNING);
    const traces = await tracesOf();
    demo.child.kill('SIGKILL');
    await demo.exited;
    await untilGone(traces);
  });

  it('leaves nothing behind when it is killed before its database runs', async () => {
    const demo = startDemo();
    await untilShown(demo, /Making its data folder/);
    demo.child.kill('SIGKILL');
    await demo.exited;
    await waitFor(async () => (await leftovers()).length === 0, {
      what: 'an empty folder',
      timeoutMs: 55_000,
    });
  });
});
