// A daemon to be killed: it runs one database of a state folder, found again after each kill, and pauses it as it is told.
import { join } from 'node:path';
import { BUNDLED_MAJOR } from '../../src/cluster/managed/engine-finder.ts';
import { readSpec } from '../../src/cluster/managed/cluster-file.ts';
import { clusterFolder } from '../../src/cluster/managed/cluster-folder.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';
import { pauseOnDemand } from '../policies/pause-on-demand.ts';
import { addressesOf } from '../wake/sleepy.ts';
import { NAME } from './daemon-messages.ts';
import type { FromDaemon, ToDaemon } from './daemon-messages.ts';

const FAST_INTERVAL_MS = 20;

const [stateDir = ''] = process.argv.slice(2);
const log = (line: string): void => void process.stderr.write(`${line}\n`);
let isDirect = false;

const fleet = await openFleet({
  stateDir,
  osUsers: 'shared',
  fastIntervalMs: FAST_INTERVAL_MS,
  policy: pauseOnDemand(() => isDirect),
  log,
});
fleet.subscribe((message) => {
  if (message.kind !== 'event') return;
  const { kind, message: text } = message.event;
  tell({ kind: 'event', event: kind, message: text });
});
if (fleet.list().length === 0)
  await fleet.create({
    name: NAME,
    engineVersion: BUNDLED_MAJOR,
    minCapacity: 0,
    maxCapacity: 8,
    secondsUntilAutoPause: 1,
  });
const { path, socketDir } = clusterFolder(join(stateDir, 'clusters', NAME));
const { id } = await readSpec(path, log);
tell({ kind: 'ready', addresses: addressesOf(fleet.url(NAME), socketDir), id });

function tell(message: FromDaemon): void {
  if (process.connected) process.send?.(message);
}

async function obey(message: ToDaemon): Promise<void> {
  if (message.kind === 'pausing') isDirect = message.isDirect;
  if (message.kind === 'stop') {
    await fleet.stop(NAME);
    tell({ kind: 'stopped' });
  }
  if (message.kind === 'end') await end();
}

async function end(): Promise<void> {
  isDirect = false;
  for (const { name } of fleet.list()) await fleet.delete(name);
  await fleet.close();
  process.exit(0);
}

process.on('message', (message: ToDaemon) => void obey(message));
// Whoever killed us all the time is gone itself: nobody else would delete it.
process.on('disconnect', () => void end());
