import { appendFileSync } from 'node:fs';
import { hasLimits, openLimits } from '../kernel/limits/open-limits.ts';
import { spareFromOomKiller } from '../kernel/oom-score.ts';
import { whyNoPausing } from './can-pause.ts';
import { Journal } from './journal.ts';
import { givePlaceUp, takePlace } from './predecessor.ts';
import { Sentinel } from './sentinel.ts';
import { SentinelServer } from './serve-sentinel.ts';
import { sentinelFiles } from './sentinel-files.ts';

const [stateDir = '', version = '', mode = ''] = process.argv.slice(2);
const files = sentinelFiles(stateDir);

function log(line: string): void {
  try {
    appendFileSync(files.log, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  } catch {
    // A full disk is no reason to let a database sleep for ever.
  }
}

async function main(): Promise<void> {
  process.title = 'airglow-sentinel';
  process.chdir('/');
  spareFromOomKiller(process.pid);
  const limits = await openLimits();
  if (!hasLimits(limits)) throw new Error(limits.reason);
  const journal = new Journal(files.journal);
  const sentinel = new Sentinel({ limits, journal, version, unavailable: whyNoPausing(limits), log });
  const server = new SentinelServer({
    sentinel,
    socketPath: files.socket,
    endsWithDaemon: mode === 'ends-with-daemon',
    log,
  });
  const end = async (code: number): Promise<never> => {
    await server.close();
    givePlaceUp(files.mark);
    process.exit(code);
  };
  process.on('SIGHUP', () => {});
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));
  process.on('uncaughtException', (error) => {
    log(`ends by a fault of its own: ${error.stack ?? error.message}`);
    void end(1);
  });
  takePlace(files.mark);
  await server.listen();
  sentinel.start();
  await server.ended;
  await end(0);
}

if (stateDir === '') {
  process.stderr.write('The sentinel is started by airglow up.\n');
  process.exit(64);
}
await main().catch((error: unknown) => {
  log(`could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
