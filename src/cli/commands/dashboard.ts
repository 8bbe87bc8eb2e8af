import { AirglowError } from '../../errors.ts';
import type { RunningDaemon } from '../../daemon/running-daemon.ts';
import { STATE_OPTION, stateDirOf } from '../arguments/state-dir.ts';
import { openInBrowser } from '../browser.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { dashboardAddress, type DashboardPlace } from '../dashboard-address.ts';

interface DashboardOptions {
  readonly state?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly open?: boolean;
}

/** Where `airglow watch` records unless told otherwise. */
const WATCH_FOLDER = 'airglow-data';

export const dashboard = defineCommand<DashboardOptions>({
  name: 'dashboard',
  summary: 'print the address of the dashboard, with the token',
  description:
    'Prints the address of the dashboard of a running airglow up or watch. The token in it signs the browser in that opens ' +
    'it: give it to nobody who may not see SQL and change databases. Without an option it is the airglow up of the usual ' +
    'state folder, else the airglow watch of ./airglow-data.',
  arguments: [{ syntax: '[name]', description: 'a database: the address of its page' }],
  options: [
    STATE_OPTION,
    { flags: '-d, --data <folder>', description: 'data folder of airglow watch' },
    { flags: '--open', description: 'open it in the browser, too' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    { command: 'airglow dashboard', explanation: 'the first page' },
    { command: 'airglow dashboard shop --open', explanation: 'the page of a database, in the browser' },
    { command: 'airglow dashboard --data /var/lib/airglow-data', explanation: 'of an airglow watch' },
  ],
  run: runDashboard,
});

async function runDashboard(
  { arguments: [name], options }: Input<DashboardOptions>,
  context: Context,
): Promise<void> {
  const { stdout, stderr, env } = context;
  const daemon = await daemonOf(options, env);
  const place: DashboardPlace = name === undefined ? {} : { database: name };
  const address = dashboardAddress(daemon.url, place, daemon.token);
  stdout.write(`${options.json === true ? toJson(daemon, place, address) : address}\n`);
  if (options.open !== true) return;
  const failure = await openInBrowser(address, daemon.folder, env);
  if (failure !== null)
    stderr.write(`airglow: no browser was opened: ${failure}; open the address yourself\n`);
}

function toJson(
  { url, token, folder, pid, startedAtMs }: RunningDaemon,
  place: DashboardPlace,
  address: string,
) {
  const withoutToken = dashboardAddress(url, place);
  return JSON.stringify({ address, withoutToken, url, token, folder, pid, startedAtMs }, null, 2);
}

/** Raises DAEMON_NOT_RUNNING with the way out. */
async function daemonOf({ state, data }: DashboardOptions, env: Context['env']): Promise<RunningDaemon> {
  if (state !== undefined && data !== undefined) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      'give --state (of airglow up) or --data (of airglow watch), not both',
    );
  }
  const { findDaemon } = await import('../../daemon/running-daemon.ts');
  if (data !== undefined) {
    const way = `start it with airglow watch --data ${data}, or name another folder with --data`;
    return (await findDaemon(data)) ?? notRunning(`no airglow watch records into the folder ${data}: ${way}`);
  }
  const stateDir = stateDirOf(state, env);
  const found = await findDaemon(stateDir);
  if (found !== null) return found;
  const way = "start it with airglow up, or name another folder with --state (root's is /var/lib/airglow)";
  if (state !== undefined) notRunning(`no airglow up runs with the state folder ${stateDir}: ${way}`);
  return (
    (await findDaemon(WATCH_FOLDER)) ??
    notRunning(
      `no airglow up runs with the state folder ${stateDir}, and no airglow watch with ./${WATCH_FOLDER}: ${way}, ` +
        'or that of airglow watch with --data',
    )
  );
}

function notRunning(message: string): never {
  throw new AirglowError('DAEMON_NOT_RUNNING', message);
}
