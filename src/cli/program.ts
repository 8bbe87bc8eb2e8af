import { Command as Parser, CommanderError } from 'commander';
import type { ReadStream, WriteStream } from 'node:tty';
import { readVersion } from '../daemon/version.ts';
import { AirglowError } from '../errors.ts';
import { asTyped } from './as-typed.ts';
import type { CommonOptions } from './cluster/answer.ts';
import type { Command, CommandGroup, Context, Option } from './command.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT_OK, EXIT_USAGE } from './failure.ts';
import { colorDepth } from './terminal/color-depth.ts';

export interface ProcessStreams {
  readonly stdin: ReadStream;
  readonly stdout: Context['stdout'];
  readonly stderr: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Parses the arguments and runs the command they name. Returns the exit code; raises what the command raises. */
export async function runProgram(argv: readonly string[], streams: ProcessStreams): Promise<number> {
  const program = buildProgram(streams);
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' });
    return EXIT_OK;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // The parser has printed help, version or what is wrong.
    return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
  }
}

function buildProgram(streams: ProcessStreams): Parser {
  const program = new Parser('airglow')
    .description(
      'Average Active Sessions of any PostgreSQL, measured exactly; and PostgreSQL whose capacity follows them.',
    )
    .version(readVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'airglow: ')),
    })
    .showHelpAfterError('airglow: --help shows how it is used');
  program.addHelpText('after', PROGRAM_NOTES);
  addAll(program, COMMANDS, streams);
  return program;
}

const PROGRAM_NOTES = `
The database is the URL given, else AIRGLOW_URL, else PGHOST, PGPORT, PGUSER and PGDATABASE.
Keep passwords out of the command line: use PGPASSWORD, ~/.pgpass or AIRGLOW_URL.
airglow COMMAND --help shows examples.`;

function addAll(
  parser: Parser,
  commands: readonly (Command | CommandGroup)[],
  streams: ProcessStreams,
): void {
  for (const command of commands) {
    if ('commands' in command) addGroup(parser, command, streams);
    else addCommand(parser, command, streams);
  }
}

function addGroup(program: Parser, group: CommandGroup, streams: ProcessStreams): void {
  const parser = program.command(group.name).summary(group.summary).description(group.description);
  parser.helpCommand('help [command]', 'print help of a command');
  addOptions(parser, group.options ?? []);
  parser.addHelpText('after', examplesText(group.examples));
  addAll(parser, group.commands, streams);
}

function addCommand(program: Parser, command: Command, streams: ProcessStreams): void {
  const parser = program.command(command.name).summary(command.summary).description(command.description);
  for (const argument of command.arguments) parser.argument(argument.syntax, argument.description);
  addOptions(parser, command.options);
  parser.option('--no-color', 'use no colour (NO_COLOR does the same)');
  parser.addHelpText('after', examplesText(command.examples));
  parser.action(async () => {
    // With those of the groups, which take what they know wherever it stands.
    const options = parser.optsWithGlobals<Record<string, unknown> & Pick<CommonOptions, 'state'>>();
    const context = contextOf(streams, options['color'] !== false);
    try {
      await command.run({ arguments: parser.args, options }, context);
    } catch (error) {
      throw asTyped(error, options);
    }
  });
}

function addOptions(parser: Parser, options: readonly Option[]): void {
  for (const option of options) {
    const built = parser.createOption(option.flags, option.description);
    if (option.default !== undefined) built.default(option.default.value, option.default.text);
    // Others have no value: they are there or not.
    if (built.required || built.optional) built.argParser(parserOf(option));
    parser.addOption(built);
  }
}

function parserOf({ flags, parse, isRepeatable }: Option): (text: string, before: unknown) => unknown {
  return (text, before) => {
    requireNoOption(flags, text);
    const value = parse ? parse(text) : text;
    return isRepeatable === true ? [...(Array.isArray(before) ? before : []), value] : value;
  };
}

/** An option without its value would take the next one for it. `-1h` is a value. Raises INVALID_ARGUMENT. */
function requireNoOption(flags: string, text: string): void {
  if (!/^--?[a-z]/i.test(text)) return;
  throw new AirglowError('INVALID_ARGUMENT', `${flags} needs a value, and ${text} looks like an option`);
}

function examplesText(examples: CommandGroup['examples']): string {
  return `\nExamples:\n${examples.map(exampleText).join('\n')}`;
}

function exampleText(example: { command: string; explanation: string }): string {
  return `  $ ${example.command}\n      ${example.explanation}`;
}

function contextOf(streams: ProcessStreams, colorFlag: boolean): Context {
  const { stdin, stdout, stderr, env } = streams;
  const color = colorDepth(colorFlag, env, stdout.isTTY ? stdout.getColorDepth() : null);
  return { stdin, stdout, stderr, env, color };
}
