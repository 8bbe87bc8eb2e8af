import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runUp } from '../../src/daemon/up.ts';
import type { History } from '../../src/history/history.ts';
import { createMemoryHistory } from '../../src/history/memory/memory-history.ts';
import { ScriptedFleet } from './scripted-fleet.ts';

/** A dashboard over databases and a record that do what a test tells them to. */
export interface ScriptedDashboard extends AsyncDisposable {
  readonly fleet: ScriptedFleet;
  readonly history: History;
  /** The address of a page, as a terminal prints it: it signs in. */
  signingIn(path: string): string;
}

export async function scriptedDashboard(): Promise<ScriptedDashboard> {
  const fleet = new ScriptedFleet();
  const history = createMemoryHistory({ retentionMs: 7 * 86_400_000 });
  const stateDir = await mkdtemp(join(tmpdir(), 'airglow-scripted-'));
  const up = await runUp(
    { stateDir, listen: { host: '127.0.0.1', port: 0 }, retentionDays: 7, log: () => {} },
    {
      openFleet: async (options) => {
        await mkdir(options.stateDir, { recursive: true });
        return fleet;
      },
      openHistory: async () => history,
    },
  );
  return {
    fleet,
    history,
    signingIn: (path) => {
      const address = new URL(path, up.url);
      address.searchParams.set('token', up.token);
      return address.href;
    },
    async [Symbol.asyncDispose]() {
      await up.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
