#!/usr/bin/env node
// oxlint-disable-next-line import/no-unassigned-import -- it has to act before anything else is loaded
import './hide-arguments.ts';
import { describeFailure } from './failure.ts';
import { runProgram } from './program.ts';

// A reader that has seen enough (`airglow load ... | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await runProgram(process.argv.slice(2), process);
} catch (error) {
  const failure = describeFailure(error, process.env['AIRGLOW_DEBUG'] === '1');
  process.stderr.write(`${failure.lines.join('\n')}\n`);
  process.exitCode = failure.exitCode;
}
