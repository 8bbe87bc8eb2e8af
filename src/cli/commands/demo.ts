import { parseIntervalMs, parseSeconds, parseWhole } from '../arguments/duration.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { SECONDS_UNTIL_PAUSE } from '../../demo/parameters.ts';
import { DAY, STORY } from '../../demo/story.ts';
import { AirglowError } from '../../errors.ts';
import { listenForInterruption } from '../interruption.ts';
import { runTop } from '../top/run-top.ts';
import { statusLines } from '../top/status-lines.ts';
import { startDemoDatabase, type DemoDatabase } from './demo-database.ts';
import { DemoNarrator } from './demo-narrator.ts';
import { HeldLog } from './held-log.ts';

interface DemoOptions {
  readonly seconds?: number;
  readonly interval: number;
  readonly seed: number;
  readonly from?: string;
}

const PHASES = STORY.map(({ name }) => name.toLowerCase());

export const demo = defineCommand<DemoOptions>({
  name: 'demo',
  summary: 'start a serverless PostgreSQL with a varied load, and watch its capacity follow',
  description:
    'Starts the bundled PostgreSQL as a serverless database of 0 to 8 ACU in a temporary folder, puts a load on it ' +
    'that changes every few seconds, and shows load, capacity and the reason of every change (as a line every few ' +
    'seconds where the output is no terminal), and prints the address of its dashboard. At the end of its story the database falls asleep, and the next query ' +
    'wakes it. q or Ctrl-C ends it and leaves nothing behind.',
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
    { flags: '--from <phase>', description: `begin with: ${PHASES.join(', ')}`, parse: parsePhase },
  ],
  examples: [
    { command: 'airglow demo', explanation: 'until q or Ctrl-C' },
    { command: 'airglow demo --seconds 30 | cat', explanation: 'half a minute, as lines of text' },
    { command: 'airglow demo --from night', explanation: 'how it falls asleep and wakes' },
  ],
  run: runDemo,
});

const MIN_ACU = 0;
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
      secondsUntilAutoPause: SECONDS_UNTIL_PAUSE,
      intervalMs: options.interval,
      log: (line) => log.add(`  ${line}`),
    });
    log.add(`  dashboard: ${database.dashboard}`);
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
  { name, fleet, observer, url, dashboard }: DemoDatabase,
  log: HeldLog,
  options: DemoOptions,
  context: Context,
  interrupted: AbortSignal,
): Promise<void> {
  const { createDemoLoad } = await import('../../demo/demo-load.ts');
  const { isTTY } = context.stdout;
  // The live view shows it by itself.
  const narrator = new DemoNarrator(fleet, name, isTTY ? () => {} : (line) => log.add(line));
  const load = createDemoLoad(url, {
    seed: options.seed,
    from: options.from ?? '',
    // Where nothing can fall asleep the night would only be long.
    story: fleet.describe(name).enforced ? STORY : DAY,
    onAnswer: (answer) => narrator.answered(answer),
  });
  narrator.begin(load.phase());
  load.subscribe((phase) => narrator.begin(phase));
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
    const banner = () => narrator.banner(load.phase());
    await show(observer, context, { banner, capacity: narrator.capacity, dashboard, signal });
    log.release();
    if (failure.signal.aborted) throw failure.signal.reason;
    for (const line of narrator.summary()) log.add(line);
  } finally {
    if (timer !== null) clearTimeout(timer);
    narrator.stop();
    await load.stop();
  }
}

/** Raises INVALID_ARGUMENT. */
function parsePhase(text: string): string {
  const phase = STORY.find(({ name }) => name.toLowerCase() === text.trim().toLowerCase());
  if (phase !== undefined) return phase.name;
  throw new AirglowError('INVALID_ARGUMENT', `the story has no phase "${text}"; choose ${PHASES.join(', ')}`);
}
