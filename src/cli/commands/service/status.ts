import { defineCommand, type Context, type Input } from '../../command.ts';
import { serviceStatus } from '../../service/install-service.ts';
import { systemdOf } from '../../service/systemctl.ts';
import { SCOPE_OPTIONS, scopeOf, type ScopeOptions } from './scope.ts';

export const status = defineCommand<ScopeOptions>({
  name: 'status',
  summary: 'say whether the service is installed, enabled and running',
  description: 'Looks at the unit, and asks systemd. What the databases do airglow cluster list says.',
  arguments: [],
  options: SCOPE_OPTIONS,
  examples: [{ command: 'airglow service status', explanation: 'of the machine for root, else of the user' }],
  run: runStatus,
});

async function runStatus({ options }: Input<ScopeOptions>, context: Context): Promise<void> {
  const lines = await serviceStatus(scopeOf(options), systemdOf(context.env));
  context.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
