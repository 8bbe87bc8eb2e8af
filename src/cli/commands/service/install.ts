import { resolve } from 'node:path';
import { isAnswering } from '../../../daemon/control-socket.ts';
import type { ListenAddress } from '../../../daemon/listen-address.ts';
import { controlSocketOf, defaultStateDir } from '../../../daemon/state-paths.ts';
import { AirglowError } from '../../../errors.ts';
import { parseListen } from '../../arguments/listen.ts';
import { endpointOf } from '../../cluster/cluster-table.ts';
import { defineCommand, type Context, type Input } from '../../command.ts';
import { installService } from '../../service/install-service.ts';
import { OTHER_MANAGERS } from '../../service/other-managers.ts';
import { cautionsAbout, findProgram } from '../../service/program-files.ts';
import type { ServicePlan } from '../../service/service-plan.ts';
import { systemdOf } from '../../service/systemctl.ts';
import { renderSystemdUnit } from '../../service/systemd-unit.ts';
import { unitPathOf } from '../../service/unit-file.ts';
import { isRoot, requireRight, SCOPE_OPTIONS, scopeOf, type ScopeOptions } from './scope.ts';

const MANAGERS = ['systemd', 'openrc', 'runit', 'launchd'] as const;
type Manager = (typeof MANAGERS)[number];

interface InstallOptions extends ScopeOptions {
  readonly state?: string;
  readonly listen?: ListenAddress;
  /** True where no manager was named. */
  readonly print?: true | Manager;
  readonly now?: boolean;
  readonly force?: boolean;
}

export const install = defineCommand<InstallOptions>({
  name: 'install',
  summary: 'write the service, and enable it',
  description:
    'Writes a unit of systemd that runs airglow up, and enables it. Databases go on while the service is stopped or ' +
    'restarted. Where systemd does not manage services the unit is printed and nothing is changed.',
  arguments: [],
  options: [
    {
      flags: '--state <folder>',
      description: 'where everything is kept (default: that of airglow up)',
    },
    {
      flags: '-l, --listen <address>',
      description: 'where to serve (default: that of airglow up, 127.0.0.1:8642)',
      parse: parseListen,
    },
    ...SCOPE_OPTIONS,
    {
      flags: '--print [manager]',
      description: 'only print it: for systemd, openrc, runit or launchd',
      parse: parseManager,
    },
    { flags: '--now', description: 'start it, too; if it runs, restart it' },
    { flags: '--force', description: 'overwrite a unit that airglow did not write' },
  ],
  examples: [
    { command: 'sudo airglow service install --now', explanation: 'for the machine, started at once' },
    {
      command: 'airglow service install --state ~/databases',
      explanation: 'for yourself; loginctl enable-linger lets it run without you',
    },
    {
      command: 'airglow service install --system --print=openrc',
      explanation: 'for another manager, to be put in place by hand',
    },
  ],
  run: runInstall,
});

async function runInstall({ options }: Input<InstallOptions>, context: Context): Promise<void> {
  const plan = planOf(options, context);
  const systemd = systemdOf(context.env);
  const cautions = cautionsAbout(plan, plan.scope === 'system').map((text) => `Caution: ${text}`);
  const say = (lines: readonly string[]): unknown =>
    context.stderr.write(lines.map((line) => `${line}\n`).join(''));
  const manager = options.print ?? (systemd.isManager ? null : true);
  if (manager !== null) {
    const kind = manager === true ? usualManager() : manager;
    context.stdout.write(kind === 'systemd' ? renderSystemdUnit(plan) : OTHER_MANAGERS[kind].render(plan));
    const why =
      options.print === undefined ? ['systemd does not manage services here, so nothing was changed.'] : [];
    say([...why, ...placeOf(kind, unitPathOf(systemd, plan.scope)), ...cautions]);
    return;
  }
  requireRight(plan.scope);
  const isTaken = await isAnswering(controlSocketOf(plan.stateDir));
  const done = await installService(plan, systemd, {
    isForced: options.force === true,
    isStarted: options.now === true,
    isTaken,
  });
  context.stdout.write(done.map((line) => `${line}\n`).join(''));
  say(cautions);
}

function planOf({ state, listen, ...scoped }: InstallOptions, { env }: Context): ServicePlan {
  const scope = scopeOf(scoped);
  // One of the machine is run by root, whoever asks what it would be like.
  const usual = defaultStateDir(env, scope === 'system' || isRoot() ? 0 : (process.getuid?.() ?? -1));
  return {
    scope,
    ...findProgram(),
    stateDir: resolve(state ?? usual),
    listen: listen === undefined ? null : endpointOf(listen),
  };
}

function usualManager(): Manager {
  return process.platform === 'darwin' ? 'launchd' : 'systemd';
}

function placeOf(kind: Manager, unitPath: string): readonly string[] {
  if (kind === 'systemd') {
    return [
      `This belongs into ${unitPath}; for other managers: --print=openrc, runit or launchd.`,
      'Then: systemctl daemon-reload && systemctl enable --now airglow (with --user for a unit of a user)',
    ];
  }
  const { path, enable } = OTHER_MANAGERS[kind];
  return [`This belongs into ${path}.`, `Then: ${enable.join(' && ')}`];
}

function parseManager(text: string): Manager {
  const manager = MANAGERS.find((known) => known === text);
  if (manager !== undefined) return manager;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `there is no service for ${JSON.stringify(text)}: choose ${MANAGERS.join(', ')}`,
  );
}
