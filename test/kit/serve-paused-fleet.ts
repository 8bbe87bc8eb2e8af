// Runs a fleet with a database that goes to sleep, until it is killed: state folder, and optionally how many milliseconds
// after it has begun to put the database to sleep this process kills itself.
import { findFreePort } from '../../src/cluster/free-port.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';

const [stateDir = '', diesAfterMs] = process.argv.slice(2);
const fleet = await openFleet({
  stateDir,
  osUsers: 'shared',
  intervalMs: 250,
  log: (line) => process.stderr.write(`${line}\n`),
});
const die = (): void => void process.kill(process.pid, 'SIGKILL');
fleet.subscribe((message) => {
  if (message.kind !== 'event' || message.event.kind !== 'pause-initiated' || diesAfterMs === undefined)
    return;
  if (diesAfterMs === '0') die();
  else setTimeout(die, Number(diesAfterMs));
});
if (fleet.list().length === 0) {
  const pausing = { minCapacity: 0, maxCapacity: 8, secondsUntilAutoPause: 1 };
  await fleet.create({ name: 'shop', engineVersion: 18, port: await findFreePort(), ...pausing });
}
process.stdout.write(`${JSON.stringify({ url: fleet.url('shop') })}\n`);
process.on('SIGTERM', () => void fleet.close().then(() => process.exit(0)));
