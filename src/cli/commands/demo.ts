import { parseIntervalMs, parseSeconds, parseWhole } from '../arguments/duration.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { listenForInterruption } from '../interruption.ts';
import type { Banner } from '../top/model.ts';
import { runTop } from '../top/run-top.ts';
import { statusLines } from '../top/status-lines.ts';

interface DemoOptions {
  readonly seconds?: number;
  readonly interval: number;
  readonly seed: number;
}

export const demo = defineCommand<DemoOptions>({
  name: 'demo',
  summary: 'start a PostgreSQL of its own with a varied load, and watch it live',
  description:
    'Starts the bundled PostgreSQL in a temporary folder, puts a load on it that changes every few seconds, and shows it ' +
    'as airglow top does (as a line every few seconds where the output is no terminal). q or Ctrl-C ends it and ' +
    'leaves nothing behind.',
  arguments: [],
  options: [
    { flags: '-s, --seconds <seconds>', description: 'end by itself after this time', parse: parseSeconds },
    {
      flags: '-i, --interval <time>',
      description: 'time between ticks, 100ms to 1min',
      parse: parseIntervalMs,
      default: { value: 500, text: '500ms' },
    },
    {
      flags: '--seed <number>',
      description: 'repeat the same load',
      parse: (text) => parseWhole(text, 0, 2 ** 31 - 1),
      default: { value: 1, text: '1' },
    },
  ],
  examples: [
    { command: 'airglow demo', explanation: 'until q or Ctrl-C' },
    { command: 'airglow demo --seconds 30 | cat', explanation: 'half a minute, as lines of text' },
  ],
  run: runDemo,
});

async function runDemo({ options }: Input<DemoOptions>, context: Context): Promise<void> {
  const { createObserver } = await import('../../daemon/postgres-observer.ts');
  const { startDemoServer } = await import('../../demo/demo-server.ts');
  const { createDemoLoad } = await import('../../demo/demo-load.ts');
  const { stdout } = context;
  const interruption = listenForInterruption();
  stdout.write('Starting PostgreSQL in a temporary folder ...\n');
  const server = await startDemoServer();
  const load = createDemoLoad(server.url, { seed: options.seed });
  const observer = createObserver({ url: server.url, target: 'demo', intervalMs: options.interval });
  const failure = new AbortController();
  try {
    load.start().catch((error: unknown) => failure.abort(error));
    const signals = [interruption.signal, failure.signal, ...timeLimit(options.seconds)];
    const view = { banner: () => bannerOf(load.phase()), signal: AbortSignal.any(signals) };
    await (stdout.isTTY ? runTop(observer, context, view) : statusLines(observer, context, view));
    if (failure.signal.aborted) throw failure.signal.reason;
  } finally {
    interruption.release();
    stdout.write('Stopping PostgreSQL and removing its folder ...\n');
    await observer.stop();
    await load.stop();
    await server.stop();
  }
}

function timeLimit(seconds: number | undefined): readonly AbortSignal[] {
  return seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1000)];
}

function bannerOf(phase: { readonly name: string; readonly sentence: string }): Banner {
  return { title: phase.name, sentence: phase.sentence };
}
