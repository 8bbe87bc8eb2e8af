import type { Observer } from '../../daemon/observer.ts';
import type { Dimension } from '../../load/model.ts';
import { AirglowError } from '../../errors.ts';
import { intervalForMs, parseIntervalMs, parseSeconds } from '../arguments/duration.ts';
import { nameOf, resolveTargetUrl } from '../arguments/target-url.ts';
import { defineCommand, type Context, type Input } from '../command.ts';
import { DIMENSION_NAMES, findDimension } from '../dimensions.ts';
import { listenForInterruption } from '../interruption.ts';
import { loadJson } from '../report/load-json.ts';
import { renderLoadReport } from '../report/load-report.ts';
import { measure, type Measurement, type Progress } from '../report/measure.ts';
import { formatAas } from '../terminal/numbers.ts';
import { periodLoad } from '../top/period.ts';

interface LoadOptions {
  readonly seconds: number;
  readonly interval?: number;
  readonly by?: Dimension;
  readonly json?: boolean;
}

export const load = defineCommand<LoadOptions>({
  name: 'load',
  summary: 'measure the load of a database once and print it',
  description:
    'Measures the average active sessions of a PostgreSQL for some seconds and says what they did: which waits, which ' +
    'SQL, whose sessions. Ctrl-C ends the measurement early and prints what there is.',
  arguments: [{ syntax: '[url]', description: 'the database, e.g. postgres://user@host:5432/database' }],
  options: [
    {
      flags: '-s, --seconds <seconds>',
      description: 'how long to measure',
      parse: parseSeconds,
      default: { value: 20, text: '20' },
    },
    {
      flags: '-i, --interval <time>',
      description: 'time between ticks, 100ms to 1min (default: a hundredth of the period, 100ms to 1s)',
      parse: parseIntervalMs,
    },
    {
      flags: '--by <dimension>',
      description: `only one table, at length: ${Object.values(DIMENSION_NAMES)
        .map(({ short }) => short)
        .join(', ')}`,
      parse: parseDimension,
    },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    {
      command: 'airglow load postgres://app@localhost/shop',
      explanation: 'twenty seconds, as tables with bars',
    },
    {
      command: 'airglow load --seconds 60 --by user',
      explanation: 'who loads the database that AIRGLOW_URL names',
    },
    { command: 'airglow load --json | jq .aas', explanation: 'one figure for a script' },
  ],
  run: runLoad,
});

function parseDimension(text: string): Dimension {
  const dimension = findDimension(text);
  if (dimension !== undefined) return dimension;
  const names = Object.values(DIMENSION_NAMES).map(({ short }) => short);
  throw new AirglowError('INVALID_ARGUMENT', `"${text}" is no dimension; choose one of ${names.join(', ')}`);
}

async function runLoad({ arguments: [url], options }: Input<LoadOptions>, context: Context): Promise<void> {
  const target = resolveTargetUrl(url, context.env);
  const { createObserver } = await import('../../daemon/postgres-observer.ts');
  const { summarise } = await import('../../load/summary.ts');
  const intervalMs = options.interval ?? intervalForMs(options.seconds);
  const observer = createObserver({ url: target, target: nameOf(target), intervalMs });
  const measurement = await measureUntilDone(observer, options.seconds, context);
  const summary = summarise(measurement.ticks);
  const text =
    options.json === true
      ? JSON.stringify(loadJson(summary, measurement), null, 2)
      : renderLoadReport(summary, measurement, {
          width: Math.max(60, Math.min(context.stdout.columns ?? 80, 120)),
          color: context.color,
          by: options.by,
        }).join('\n');
  context.stdout.write(`${text}\n`);
}

async function measureUntilDone(observer: Observer, seconds: number, context: Context): Promise<Measurement> {
  const interruption = listenForInterruption();
  try {
    const onProgress = (progress: Progress): void => showProgress(progress, context);
    return await measure(observer, { seconds, signal: interruption.signal, onProgress });
  } finally {
    interruption.release();
    if (context.stderr.isTTY) context.stderr.write('\r\u001b[K');
  }
}

function showProgress({ seconds, of, last }: Progress, { stderr }: Context): void {
  if (!stderr.isTTY) return;
  const now = last === undefined ? null : periodLoad([last], last.atMs, last.durationMs);
  const done = Math.round((seconds / of) * 20);
  const state = now === null ? 'connecting' : seconds >= of ? 'settling' : `AAS ${formatAas(now.aas)}`;
  stderr.write(
    `\r${'━'.repeat(done)}${'─'.repeat(20 - done)} ${seconds.toFixed(0)} of ${of} s  ${state}\u001b[K`,
  );
}
