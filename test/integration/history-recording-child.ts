/**
 * A process that records and says what it has recorded, to be killed. Argument: the directory. Prints a line
 * `<appended ticks> <milliseconds since 1970>` after every tick, with the sum of its samples' weights kept in step:
 * tick N has one sample of N % 1000 + 1 ms.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { aSample, aTick, START } from '../../src/history/history-data.conformance.ts';
import { openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';

const directory = process.argv[2]!;
const first = Number(process.argv[3]);
const history = await openDuckDbHistory({ directory, flushIntervalMs: 300 });
for (let number = first; ; number++) {
  const tuple = { 'db.user': `user ${number % 50}`, 'db.sql_tokenized': `sql ${number % 500}` };
  await history.appendTicks('shop', [aTick(START + number * 1000, [aSample(tuple, (number % 1000) + 1)])]);
  process.stdout.write(`${number} ${Date.now()}\n`);
  if (number % 500 === 499) await history.maintain(START + number * 1000);
  if (number % 5 === 0) await sleep(1);
}
