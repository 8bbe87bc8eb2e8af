import { parseIntervalMs, parseSeconds, parseWhole } from '../arguments/duration.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import type { DemoPhase } from '../../demo/demo-load.ts';
import { listenForInterruption } from '../interruption.ts';
import { CapacityFeed } from '../top/capacity-feed.ts';
import type { Banner } from '../top/model.ts';
import { runTop } from '../top/run-top.ts';
import { changeLine, statusLines } from '../top/status-lines.ts';
import { startDemoDatabase, type DemoDatabase } from './demo-database.ts';
import { DemoScore } from './demo-score.ts';
import { HeldLog } from './held-log.ts';

interface DemoOptions {
  readonly seconds?: number;
  readonly interval: number;
  readonly seed: number;
}

export const demo = defineCommand<DemoOptions>({
  name: 'demo',
  summary: 'start a serverless PostgreSQL with a varied load, and watch its capacity follow',
  description:
    'Starts the bundled PostgreSQL as a serverless database of 0.5 to 8 ACU in a temporary folder, puts a load on it ' +
    'that changes every few seconds, and shows load, capacity and the reason of every change (as a line every few ' +
    'seconds where the output is no terminal). q or Ctrl-C ends it and leaves nothing behind.',
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

const MIN_ACU = 0.5;
const MAX_ACU = 8;

async function runDemo({ options }: Input<DemoOptions>, context: Context): Promise<void> {
  const { stdout } = context;
  const interruption = listenForInterruption();
  const log = new HeldLog((line) => void stdout.write(`${line}\n`));
  try {
    log.add(`Starting a serverless PostgreSQL, ${MIN_ACU} to ${MAX_ACU} ACU, in a temporary folder ...`);
    const database = await startDemoDatabase({
      minCapacity: MIN_ACU,
      maxCapacity: MAX_ACU,
      intervalMs: options.interval,
      log: (line) => log.add(`  ${line}`),
    });
    try {
      await play(database, log, options, context, interruption.signal);
    } finally {
      // From now on a second Ctrl-C ends it at once.
      interruption.release();
      log.release();
      log.add('Stopping PostgreSQL and removing its folder ...');
      await database.close();
    }
  } finally {
    interruption.release();
  }
}

/** Plays the story until somebody has seen enough, then says what it came to. */
async function play(
  { name, fleet, observer, url }: DemoDatabase,
  log: HeldLog,
  options: DemoOptions,
  context: Context,
  interrupted: AbortSignal,
): Promise<void> {
  const { createDemoLoad } = await import('../../demo/demo-load.ts');
  const { isTTY } = context.stdout;
  const load = createDemoLoad(url, { seed: options.seed });
  const score = new DemoScore();
  const capacity = new CapacityFeed(fleet, name, (change) => {
    score.take(change);
    if (!isTTY) log.add(changeLine(change));
  });
  const begin = (phase: DemoPhase): void => {
    score.begin(phase.name);
    if (!isTTY) log.add(`${phase.name}: ${phase.sentence}`);
  };
  begin(load.phase());
  load.subscribe(begin);
  const failure = new AbortController();
  const isOver = new AbortController();
  // Not AbortSignal.timeout: one that only AbortSignal.any refers to may be collected before its time.
  const timer =
    options.seconds === undefined ? null : setTimeout(() => isOver.abort(), options.seconds * 1000);
  try {
    load.start().catch((error: unknown) => failure.abort(error));
    const signal = AbortSignal.any([interrupted, failure.signal, isOver.signal]);
    if (isTTY) log.hold();
    const show = isTTY ? runTop : statusLines;
    await show(observer, context, { banner: () => bannerOf(load.phase()), capacity, signal });
    log.release();
    if (failure.signal.aborted) throw failure.signal.reason;
    for (const line of score.summary(capacity.view().cluster)) log.add(line);
  } finally {
    if (timer !== null) clearTimeout(timer);
    capacity.stop();
    await load.stop();
  }
}

function bannerOf(phase: { readonly name: string; readonly sentence: string }): Banner {
  return { title: phase.name, sentence: phase.sentence };
}
