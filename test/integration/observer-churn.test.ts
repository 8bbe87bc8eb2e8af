import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { ChurnWatch } from '../../src/daemon/observe/churn-watch.ts';
import { readChildren } from '../../src/kernel/process-reader.ts';
import { waitFor } from '../kit/wait-for.ts';

let server: ChildProcess | null = null;

afterEach(() => {
  // Its group: the child that computes is in it.
  if (server?.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
  server = null;
});

/** A process with one child that computes, as a server has that has just let somebody in. */
async function startServer(): Promise<number> {
  server = spawn('sh', ['-c', '(while :; do :; done) & wait'], { detached: true, stdio: 'ignore' });
  const { pid = 0 } = server;
  await waitFor(() => readChildren(pid)?.trim(), { what: 'the child' });
  return pid;
}

const nobodyIsOld = (): boolean => false;
const NOBODY = { has: () => false };

it('takes what works at a look for work since the look before', async (ctx) => {
  if (process.platform !== 'linux') return ctx.skip('it reads /proc');
  const watch = new ChurnWatch(await startServer(), null);
  watch.look(1_000, nobodyIsOld);
  watch.look(1_200, nobodyIsOld);
  const { runningMs, waitingMs } = watch.take(NOBODY, 0);
  expect(runningMs + waitingMs).toBe(200);
});

it('takes no pause for work', async (ctx) => {
  if (process.platform !== 'linux') return ctx.skip('it reads /proc');
  const watch = new ChurnWatch(await startServer(), null);
  watch.look(1_000, nobodyIsOld);
  watch.skipTo(3_600_000);
  watch.look(3_600_050, nobodyIsOld);
  const { runningMs, waitingMs } = watch.take(NOBODY, 0);
  expect(runningMs + waitingMs).toBe(50);
});
