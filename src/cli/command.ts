import type { ReadStream, WriteStream } from 'node:tty';
import type { ColorDepth } from './terminal/paint.ts';

/** A command as data: what `--help`, the parser and the documentation are made from. */
export interface Command<Options = Record<string, unknown>> {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What one should know before running it; paragraphs. */
  readonly description: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** Raises AirglowError. Returns when the command is done. */
  run(input: Input<Options>, context: Context): Promise<void>;
}

/** Commands under one name: `airglow cluster create`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** What all of them take, before their names too. */
  readonly options?: readonly Option[];
  readonly examples: readonly Example[];
  readonly commands: readonly (Command | CommandGroup)[];
}

export interface Argument {
  /** commander's notation: `<url>` must be there, `[url]` may, `[url...]` takes several. */
  readonly syntax: string;
  readonly description: string;
}

export interface Option {
  /** `--interval <time>` */
  readonly flags: string;
  readonly description: string;
  /** Raises AirglowError INVALID_ARGUMENT. */
  readonly parse?: (text: string) => unknown;
  /** May be given several times: the value is a list, each part parsed. */
  readonly isRepeatable?: true;
  readonly default?: { readonly value: unknown; readonly text: string };
}

export interface Example {
  readonly command: string;
  readonly explanation: string;
}

export interface Input<Options> {
  readonly arguments: readonly string[];
  readonly options: Options;
}

/** What a command may use of the process it runs in. */
export interface Context {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream & { readonly fd: number };
  readonly stderr: WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly color: ColorDepth;
}

/** Forgets the type of the options, so that commands fit in one list; the parser makes them as declared. */
export function defineCommand<Options>(command: Command<Options>): Command {
  return command as unknown as Command;
}
