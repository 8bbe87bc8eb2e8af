import type { ServicePlan } from './service-plan.ts';
import { SERVICE_NAME } from './service-plan.ts';
import { typed } from './systemctl.ts';
import type { Systemd } from './systemctl.ts';
import { renderSystemdUnit } from './systemd-unit.ts';
import { removeUnit, requireOurs, runAll, unitPathOf, writeUnit } from './unit-file.ts';

/** The first systemd that restarts a unit whose groups hold processes, see `systemd-unit.ts`. */
const RESTARTS_DELEGATED = 254;

export interface InstallWishes {
  /** A unit that somebody else wrote may be overwritten. */
  readonly isForced: boolean;
  readonly isStarted: boolean;
  /** An `airglow up` runs with the state folder. */
  readonly isTaken: boolean;
}

/** Writes and enables the service; returns what to tell. Raises INVALID_ARGUMENT, SERVICE_FAILED. */
export async function installService(
  plan: ServicePlan,
  systemd: Systemd,
  { isForced, isStarted, isTaken }: InstallWishes,
): Promise<readonly string[]> {
  const { scope } = plan;
  const path = unitPathOf(systemd, scope);
  await writeUnit(path, renderSystemdUnit(plan), isForced);
  const isRunning = (await systemd.run(scope, ['is-active', '--quiet', SERVICE_NAME])).isDone;
  // Two cannot use one folder: the service would be refused again and again.
  const isInTheWay = isTaken && !isRunning;
  await runAll(systemd, scope, [
    ['daemon-reload'],
    ['enable', SERVICE_NAME],
    ...(isStarted && !isInTheWay ? [['restart', SERVICE_NAME]] : []),
  ]);
  const start = typed(scope, ['start', SERVICE_NAME]);
  return [
    `${path} is written and enabled: airglow up runs with the state folder ${plan.stateDir}.`,
    ...(isInTheWay ? [`An airglow up runs with that folder already: end it, then ${start}`] : []),
    ...(!isInTheWay && isStarted ? [`It is started; ${logs(scope)} shows what it says.`] : []),
    ...(!isInTheWay && !isStarted ? [`It starts with the machine; at once: ${start}`] : []),
    ...(scope === 'user' ? await ofUser(systemd) : []),
  ];
}

async function ofUser(systemd: Systemd): Promise<readonly string[]> {
  const { text } = await systemd.run('user', ['--version']);
  const version = Number(/^systemd (\d+)/.exec(text)?.[1] ?? Number.NaN);
  return [
    'It ends when you log out, and databases with it, until you run once: loginctl enable-linger',
    ...(version < RESTARTS_DELEGATED
      ? [
          `This is systemd ${version}: before ${RESTARTS_DELEGATED} a service of a user cannot be restarted while its databases run. Stop them first.`,
        ]
      : []),
  ];
}

/** Ends and removes the service; databases run on. Raises INVALID_ARGUMENT, SERVICE_FAILED. */
export async function uninstallService(
  scope: ServicePlan['scope'],
  systemd: Systemd,
  isForced: boolean,
): Promise<readonly string[]> {
  const path = unitPathOf(systemd, scope);
  if (!(await requireOurs(path, isForced, 'removes')))
    return [`There is no service: ${path} does not exist.`];
  if (systemd.isManager) await runAll(systemd, scope, [['disable', '--now', SERVICE_NAME]]);
  await removeUnit(path, isForced);
  if (systemd.isManager) await runAll(systemd, scope, [['daemon-reload']]);
  return [
    `${path} is removed; databases run on, and nothing lets their capacity follow their load.`,
    'airglow up finds them again; airglow cluster stop stops one, while that runs.',
  ];
}

/** Whether it is installed, enabled and running. Raises INVALID_ARGUMENT where the unit cannot be read. */
export async function serviceStatus(
  scope: ServicePlan['scope'],
  systemd: Systemd,
): Promise<readonly string[]> {
  const path = unitPathOf(systemd, scope);
  const present = await requireOurs(path, true, '');
  if (!present) return [`not installed: ${path} does not exist; airglow service install writes it`];
  if (!systemd.isManager)
    return [`installed: ${path}`, 'systemd does not manage services here, so nothing runs it'];
  const [enabled, active] = await Promise.all([
    systemd.run(scope, ['is-enabled', SERVICE_NAME]),
    systemd.run(scope, ['is-active', SERVICE_NAME]),
  ]);
  return [
    `installed: ${path}`,
    `at a start of the machine: ${enabled.text}`,
    `now: ${active.text}`,
    ...(active.isDone ? [] : [`${logs(scope)} says why; ${typed(scope, ['start', SERVICE_NAME])} starts it`]),
  ];
}

function logs(scope: ServicePlan['scope']): string {
  return `journalctl ${scope === 'user' ? '--user ' : ''}-u ${SERVICE_NAME}`;
}
