// Runs a fleet as a daemon would, until it is killed: state folder, and the databases to make where there are none.
import { findFreePort } from '../../src/cluster/free-port.ts';
import { openFleet } from '../../src/daemon/serverless/open-fleet.ts';

const [stateDir = '', ...names] = process.argv.slice(2);
const fleet = await openFleet({
  stateDir,
  osUsers: 'shared',
  log: (line) => process.stderr.write(`${line}\n`),
});
const known = new Set(fleet.list().map(({ name }) => name));
for (const name of names) if (!known.has(name)) await fleet.create({ name, port: await findFreePort() });
const databases = fleet.list().map(({ name }) => ({ name, url: fleet.url(name) }));
process.stdout.write(`${JSON.stringify({ databases })}\n`);
// Without a database nothing else would keep it alive.
setInterval(() => {}, 60_000);
process.on('SIGTERM', () => void fleet.close().then(() => process.exit(0)));
