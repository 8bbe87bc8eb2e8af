import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDuckDbHistory } from '../src/history/duckdb/duckdb-history.ts';
import type { History } from '../src/history/history.ts';
import type { LoadTick } from '../src/load/model.ts';
import { measure, printTable, type Quantiles, quantiles, rounded, timed } from './history/measure.ts';
import { measurePostgres, type PostgresFigures } from './history/postgres.ts';
import { type Question, questions, TARGET } from './history/questions.ts';
import { digestId, SESSIONS, Workload } from './history/workload.ts';

/** In the middle of a day and of an hour, as recording begins in life. */
const START_MS = Date.UTC(2026, 10, 15, 9, 17, 32);
const DAY_SECONDS = 86_400;
const LIVE_TICKS = 600;
const TICKS_PER_BATCH = 600;
const RUNS = 15;
/** Rows that a session makes in a tick, on average; only to turn --rows into a number of ticks. */
const ROWS_PER_SESSION_TICK = 1.5;

/**
 * `history [--rows N] [--days 7] [--no-postgres]`: 32 active sessions at 1 s ticks. Fewer rows make the days shorter.
 * Prints tables and, last, one line of JSON.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string' }, days: { type: 'string' }, 'no-postgres': { type: 'boolean' } },
  });
  const days = Number(values.days ?? 7);
  const wanted = values.rows === undefined ? Number.POSITIVE_INFINITY : Number(values.rows);
  const ticksPerDay = Math.min(DAY_SECONDS, Math.ceil(wanted / (SESSIONS * ROWS_PER_SESSION_TICK * days)));
  const shape = { days, ticksPerDay };
  const directory = mkdtempSync(join(tmpdir(), 'airglow-bench-history-'));
  try {
    const asked = questions(START_MS, endOf(shape), ['10.0.3.13']);
    const recorded = await record(directory, shape);
    const answers = await ask(directory, asked);
    const postgres = values['no-postgres'] ? null : await measurePostgres(batches(shape), asked);
    report(asked, recorded, answers, postgres, days);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Shape {
  readonly days: number;
  readonly ticksPerDay: number;
}

interface Recorded {
  readonly rows: number;
  readonly ticks: number;
  readonly live: { readonly ticksPerSecond: number; readonly append: Quantiles; readonly durable: Quantiles };
  readonly ingestRowsPerSecond: number;
  readonly rollUpSeconds: number;
  readonly bytesPerRow: number;
  readonly residentMb: number;
}

async function record(directory: string, shape: Shape): Promise<Recorded> {
  const history = await openDuckDbHistory({ directory });
  const all = batches(shape);
  const first = all.next().value ?? [];
  await history.saveDigests(
    Array.from({ length: 500 }, (_, i) => ({ id: digestId(i), text: `select ${i}`, truncated: false })),
  );
  const live = await recordLive(history, first);
  let rows = rowsOf(first);
  let ticks = first.length;
  const liveRows = rows;
  let bulkMs = 0;
  for (const batch of all) {
    rows += rowsOf(batch);
    ticks += batch.length;
    bulkMs += await timed(() => history.appendTicks(TARGET, batch));
  }
  bulkMs += await timed(() => history.flush());
  const rollUpMs = await timed(() => history.maintain(endOf(shape)));
  const residentMb = Math.round(process.memoryUsage().rss / 1e6);
  await history.close();
  const bytes = bytesIn(directory);
  return {
    rows,
    ticks,
    live,
    ingestRowsPerSecond: Math.round(((rows - liveRows) / bulkMs) * 1000),
    rollUpSeconds: rounded(rollUpMs / 1000),
    bytesPerRow: rounded(bytes / rows),
    residentMb,
  };
}

/** Tick by tick; every second one is made durable, which is what the 2 s of the default interval come to. */
async function recordLive(history: History, ticks: readonly LoadTick[]): Promise<Recorded['live']> {
  const appendMs: number[] = [];
  const durableMs: number[] = [];
  const totalMs = await timed(async () => {
    for (const [index, tick] of ticks.slice(0, LIVE_TICKS).entries()) {
      appendMs.push(await timed(() => history.appendTicks(TARGET, [tick])));
      if (index % 2 === 1) durableMs.push(await timed(() => history.flush()));
    }
  });
  const ticksPerSecond = Math.round((Math.min(ticks.length, LIVE_TICKS) / totalMs) * 1000);
  return { ticksPerSecond, append: quantiles(appendMs), durable: quantiles(durableMs) };
}

/** On a store that was closed and opened again. */
async function ask(directory: string, asked: readonly Question[]): Promise<Map<string, Quantiles>> {
  const history = await openDuckDbHistory({ directory });
  const answers = new Map<string, Quantiles>();
  for (const question of asked)
    answers.set(
      question.name,
      await measure(RUNS, () =>
        question.kind === 'top' ? history.top(question.query) : history.series(question.query),
      ),
    );
  await history.close();
  return answers;
}

/** The whole recording, the same every time. */
function* batches({ days, ticksPerDay }: Shape): Generator<LoadTick[], undefined> {
  const workload = new Workload();
  for (let day = 0; day < days; day++)
    for (let from = 0; from < ticksPerDay; from += TICKS_PER_BATCH) {
      const count = Math.min(TICKS_PER_BATCH, ticksPerDay - from);
      yield Array.from({ length: count }, (_, index) =>
        workload.tick(START_MS + (day * DAY_SECONDS + from + index) * 1000),
      );
    }
}

function bytesIn(directory: string): number {
  return readdirSync(directory).reduce((bytes, file) => bytes + statSync(join(directory, file)).size, 0);
}

function endOf({ days, ticksPerDay }: Shape): number {
  return START_MS + ((days - 1) * DAY_SECONDS + ticksPerDay) * 1000;
}

function rowsOf(ticks: readonly LoadTick[]): number {
  return ticks.reduce((rows, { samples }) => rows + samples.length, 0);
}

function report(
  asked: readonly Question[],
  recorded: Recorded,
  answers: ReadonlyMap<string, Quantiles>,
  postgres: PostgresFigures | null,
  days: number,
): void {
  const { live } = recorded;
  printTable(
    ['recording', 'DuckDB', 'PostgreSQL'],
    [
      ['rows', recorded.rows, postgres?.rows ?? '-'],
      [
        'rows/s in bulk (PostgreSQL: COPY and index)',
        recorded.ingestRowsPerSecond,
        postgres?.ingestRowsPerSecond ?? '-',
      ],
      ['bytes per row, rollups and index included', recorded.bytesPerRow, postgres?.bytesPerRow ?? '-'],
      ['rolling up, s', recorded.rollUpSeconds, '-'],
      ['tick by tick: ticks/s', live.ticksPerSecond, '-'],
      ['tick by tick: accepted after ms, p50 / p99', `${live.append.p50Ms} / ${live.append.p99Ms}`, '-'],
      ['tick by tick: durable after ms, p50 / p99', `${live.durable.p50Ms} / ${live.durable.p99Ms}`, '-'],
      ['resident memory of the process, MB', recorded.residentMb, '-'],
    ],
  );
  const isPartial = postgres !== null && postgres.rows < recorded.rows;
  if (isPartial)
    console.log('PostgreSQL holds a part of the rows only: loading all would have taken too long.');
  console.log('');
  printTable(
    [`query (${days} days)`, 'p50 ms', 'p99 ms', 'PostgreSQL p50 ms'],
    asked.map(({ name }) => {
      const answer = answers.get(name)!;
      return [name, answer.p50Ms, answer.p99Ms, postgres?.answers.get(name)?.p50Ms ?? '-'];
    }),
  );
  const queries = asked.map(({ name }) => {
    const postgresP50Ms = postgres?.answers.get(name)?.p50Ms ?? null;
    return [name, { ...answers.get(name)!, postgresP50Ms }];
  });
  const beside = postgres && {
    rows: postgres.rows,
    ingestRowsPerSecond: postgres.ingestRowsPerSecond,
    bytesPerRow: postgres.bytesPerRow,
  };
  console.log('');
  console.log(
    JSON.stringify({
      bench: 'history',
      days,
      ...recorded,
      postgres: beside,
      queries: Object.fromEntries(queries),
    }),
  );
}
