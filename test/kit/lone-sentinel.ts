import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourcesOf, DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import { processUid } from '../../src/kernel/process-owner.ts';
import type { Guarded } from '../../src/sentinel/protocol.ts';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { SentinelLink } from '../../src/sentinel/sentinel-link.ts';
import type { Woken } from '../../src/sentinel/sentinel-link.ts';
import { startSentinel } from '../../src/sentinel/start-sentinel.ts';
import { sentinelPid, specOf } from './paused-fleet.ts';
import { waitFor } from './wait-for.ts';

/** A sentinel of its own, without a daemon: the test says when it freezes. */
export interface LoneSentinel extends AsyncDisposable {
  readonly dir: string;
  readonly pid: number;
  readonly link: SentinelLink;
  readonly woken: readonly Woken[];
  /** Why the link ended; null while it has not. */
  lost(): string | null;
  exited(): Promise<void>;
}

const VERSION = 'test';

export async function startLoneSentinel(): Promise<LoneSentinel> {
  const dir = await mkdtemp(join(tmpdir(), 'ag-sentinel-'));
  const woken: Woken[] = [];
  let whyLost: string | null = null;
  startSentinel({ stateDir: dir, version: VERSION, endsWithDaemon: true });
  const link = await waitFor(
    () =>
      SentinelLink.open({
        socketPath: sentinelFiles(dir).socket,
        version: VERSION,
        onWoken: (one) => woken.push(one),
        onLost: (why) => (whyLost = why),
      }),
    { what: 'the sentinel' },
  );
  const pid = sentinelPid(dir);
  const exited = async (): Promise<void> => {
    await waitFor(() => processUid(pid) === null, { what: 'the end of the sentinel' });
  };
  return {
    dir,
    pid,
    link,
    woken,
    lost: () => whyLost,
    exited,
    async [Symbol.asyncDispose]() {
      link.close();
      await exited();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What a sentinel is told of a database of a fleet. */
export function guardedOf(stateDir: string, name = 'shop'): Guarded {
  const { id, port, postmaster } = specOf(stateDir, name);
  if (postmaster === null) throw new Error(`${name} does not run`);
  const uid = processUid(postmaster.pid) ?? -1;
  return { id, name, postmaster, uid, port, most: { acu: 8, ...resourcesOf(8, DEFAULT_SHAPE) } };
}
