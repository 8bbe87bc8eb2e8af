import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from './load/table.ts';
import { TakeDown } from './load/take-down.ts';
import { measureCostOfSleeping, printCost } from './wake/cost-of-sleeping.ts';
import { FleetDatabase } from './wake/fleet-database.ts';
import { measureWakes, STATES } from './wake/measure.ts';
import { meetsTarget, printHeader, printRow, toRow } from './wake/report.ts';
import type { WakeRow } from './wake/report.ts';
import { SentinelAlone } from './wake/sentinel-alone.ts';
import { isSwapOn, turnSwapOn } from './wake/swap.ts';
import { WakeClient } from './wake/wake-client.ts';

const USAGE = `npm run bench -- wake [--wakes 200] [--swap] [--asleep 20] [--seconds 60] [--only wakes,alone,cost] [--json] [--verbose]
How long a paused database takes to answer, seen from a client in a process of its own: over an idle TCP connection, a new
one (SCRAM, and the first query), an idle Unix-socket one; right after a pause, after its page cache was given back, and,
where there is swap, after it was swapped out. Beside it the same query awake, and the same wakes by a sentinel without a
daemon. Then what --asleep databases cost that sleep under airglow up: processor time over --seconds, and memory. --swap makes a
swap file of 1 GiB for the run. --json prints nothing but the JSON. A try: --wakes 10 --asleep 3 --seconds 10. Needs root
and cgroups.`;

const PARTS = ['wakes', 'alone', 'cost'];

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      wakes: { type: 'string', default: '200' },
      swap: { type: 'boolean' },
      asleep: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '60' },
      only: { type: 'string', default: PARTS.join() },
      json: { type: 'boolean' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const parts = parseParts(values.only);
  const [isQuiet, isVerbose] = [values.json === true, values.verbose === true];
  const takeDown = new TakeDown();
  const rows: WakeRow[] = [];
  try {
    const folder = makeFolder(takeDown);
    if (values.swap === true && !isSwapOn()) takeDown.add(turnSwapOn(join(folder, 'swap')));
    const bench = { folder, takeDown, cycles: Number(values.wakes), isVerbose };
    if (!isQuiet) printHead(parts);
    for (const path of ['fleet', 'sentinel alone'] as const) {
      if (!parts.has(path === 'fleet' ? 'wakes' : 'alone')) continue;
      await measurePath(bench, path, (row) => {
        rows.push(row);
        if (!isQuiet) printRow(row);
      });
    }
    const cost = parts.has('cost')
      ? await measureCostOfSleeping({
          stateDir: join(folder, 'cost'),
          databases: Number(values.asleep),
          seconds: Number(values.seconds),
          takeDown,
          log: isQuiet ? () => {} : (line) => console.error(line),
        })
      : null;
    if (cost !== null && !isQuiet) printCost(cost);
    const { cpus } = machine();
    const date = new Date().toISOString();
    const results = rows.map((row) => ({ ...row, meetsTarget: meetsTarget(row) }));
    console.log(JSON.stringify({ bench: 'wake', date, cores: cpus, swap: isSwapOn(), rows: results, cost }));
  } finally {
    await takeDown.run();
  }
}

interface Bench {
  readonly folder: string;
  readonly takeDown: TakeDown;
  readonly cycles: number;
  readonly isVerbose: boolean;
}

async function measurePath(
  bench: Bench,
  path: WakeRow['path'],
  found: (row: WakeRow) => void,
): Promise<void> {
  const log = bench.isVerbose ? (line: string): void => console.error(line) : (): void => {};
  // A take-down of its own: the next part begins with a machine that is free.
  const stateDir = join(bench.folder, path === 'fleet' ? 'fleet' : 'alone');
  const database = await (path === 'fleet' ? FleetDatabase : SentinelAlone).open(stateDir, log);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await database.close();
  };
  bench.takeDown.add(close);
  const client = await WakeClient.connect(database.addresses);
  try {
    for (const state of STATES) {
      if (state === 'swapped out' && !isSwapOn()) continue;
      for (const wakes of await measureWakes(database, client, state, bench.cycles))
        found(toRow(path, wakes));
    }
  } finally {
    await client.end();
  }
  await close();
}

function parseParts(text: string): ReadonlySet<string> {
  const parts = text.split(',');
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}: choose from ${PARTS.join(', ')}.`);
  return new Set(parts);
}

/** Short, since sockets live in it. */
function makeFolder(takeDown: TakeDown): string {
  const folder = mkdtempSync(join(tmpdir(), 'ag-wake-'));
  takeDown.add(() => rmSync(folder, { recursive: true, force: true }));
  // The database's user passes through it.
  chmodSync(folder, 0o711);
  return folder;
}

function printHead(parts: ReadonlySet<string>): void {
  const { cpus, memoryGib } = machine();
  console.log(`${cpus} processors, ${memoryGib} GiB, shared by client, database, sentinel and daemon.`);
  if (!isSwapOn()) console.log('No swap: nothing is measured after swap-out. --swap makes some for the run.');
  if (parts.has('wakes') || parts.has('alone')) printHeader();
}
