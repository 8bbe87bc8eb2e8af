import { defineCommand, type Context, type Input } from '../../command.ts';
import { uninstallService } from '../../service/install-service.ts';
import { systemdOf } from '../../service/systemctl.ts';
import { requireRight, SCOPE_OPTIONS, scopeOf, type ScopeOptions } from './scope.ts';

interface UninstallOptions extends ScopeOptions {
  readonly force?: boolean;
}

export const uninstall = defineCommand<UninstallOptions>({
  name: 'uninstall',
  summary: 'end the service and remove it',
  description:
    'Ends airglow up and removes its unit. Databases run on, and stay as they are; nothing of the state is removed.',
  arguments: [],
  options: [...SCOPE_OPTIONS, { flags: '--force', description: 'remove a unit that airglow did not write' }],
  examples: [{ command: 'sudo airglow service uninstall', explanation: 'databases run on' }],
  run: runUninstall,
});

async function runUninstall({ options }: Input<UninstallOptions>, context: Context): Promise<void> {
  const scope = scopeOf(options);
  requireRight(scope);
  const lines = await uninstallService(scope, systemdOf(context.env), options.force === true);
  context.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
