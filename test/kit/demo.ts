import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';
import { processIdentity } from '../../src/kernel/process-identity.ts';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { startCli } from './airglow-cli.ts';
import type { RunningCli } from './airglow-cli.ts';
import { waitFor } from './wait-for.ts';

/** The demo as a user runs it, in a folder of its own. */
export interface RunningDemo extends RunningCli, AsyncDisposable {
  untilShown(text: RegExp): Promise<void>;
  /** Names of what it keeps in the folder. */
  leftovers(): Promise<readonly string[]>;
  /** Its state folder, while there is one. */
  stateDir(): Promise<string>;
  traces(): Promise<Traces>;
  /** Resolves when its folder is empty. */
  untilEmpty(): Promise<void>;
  /** Resolves when nothing is left of it, in the folder and elsewhere. */
  untilGone(traces: Traces): Promise<void>;
}

/** What runs of it, so that it can be looked for later. */
export interface Traces {
  /** Of the postmaster, and of the sentinel; so another process of the same number is not taken for it. */
  readonly identities: ReadonlyMap<number, string>;
  readonly groupId: string;
}

const LONGEST_MS = 240_000;

/** `start` may run it on a terminal. It ends with the test. */
export async function startDemo(args: readonly string[], start = startCli): Promise<RunningDemo> {
  const folder = await mkdtemp(join(tmpdir(), 'ag-demo-'));
  // As the system's own: the database's user passes through.
  await chmod(folder, 0o755);
  const cli = start(['demo', ...args], { TMPDIR: folder });
  const leftovers = async () => readdir(folder);
  const stateDir = async () => join(folder, (await leftovers())[0] ?? '');
  const untilEmpty = async () => {
    const isEmpty = async () => (await leftovers()).length === 0;
    await waitFor(isEmpty, { what: 'an empty folder', timeoutMs: 55_000 });
  };
  return {
    ...cli,
    leftovers,
    stateDir,
    untilEmpty,
    untilShown: async (text) => {
      const shown = () => text.test(cli.out());
      await waitFor(shown, { what: `${String(text)} in ${cli.out()}${cli.err()}`, timeoutMs: LONGEST_MS });
    },
    traces: async () => tracesOf(await stateDir()),
    untilGone: async (traces) => {
      await untilEnded(traces);
      await untilEmpty();
    },
    async [Symbol.asyncDispose]() {
      cli.child.kill('SIGKILL');
      await cli.exited;
      await untilEmpty();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function tracesOf(stateDir: string): Traces {
  const cluster = join(stateDir, 'clusters', 'demo', 'cluster.json');
  const { id, postmaster } = JSON.parse(readFileSync(cluster, 'utf8')) as {
    id: string;
    postmaster: { pid: number };
  };
  const pids = [postmaster.pid, sentinelPid(stateDir)].filter((pid) => pid !== null);
  return { identities: new Map(pids.map(identify)), groupId: id };
}

/** Null where there is none: nothing can be paused on this host, or it is still being started. */
function sentinelPid(stateDir: string): number | null {
  const { mark } = sentinelFiles(stateDir);
  if (!existsSync(mark)) return null;
  return (JSON.parse(readFileSync(mark, 'utf8')) as { pid: number }).pid;
}

function identify(pid: number): readonly [number, string] {
  const identity = processIdentity(pid);
  if (identity === null) throw new Error(`process ${pid} does not run`);
  return [pid, identity];
}

async function untilEnded({ identities, groupId }: Traces): Promise<void> {
  for (const [pid, identity] of identities) {
    await waitFor(() => processIdentity(pid) !== identity, { what: `process ${pid} to end` });
  }
  const limits = await openLimits();
  if (!('list' in limits)) return;
  await waitFor(async () => !(await limits.list()).includes(groupId), { what: 'the groups to be gone' });
}
