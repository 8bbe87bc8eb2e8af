import pg from 'pg';
import { seededRandom } from '../../src/random.ts';
import { ProcessReader } from '../../src/kernel/process-reader.ts';
import type { WorkKind } from './arrivals.ts';
import { WORK_KINDS } from './arrivals.ts';
import { accountBetween } from './group-figures.ts';
import type { LoadResult } from './plan.ts';
import { median } from './statistics.ts';
import { statementOf } from './work.ts';

/** What requests cost the server, in ms of processor time. */
export interface Calibration {
  readonly burnRounds: number;
  readonly costMs: Readonly<Record<WorkKind, number>>;
}

const TRIAL_ROUNDS = 20_000;
const BATCHES = 7;
const QUERIES: Readonly<Record<WorkKind, number>> = { burn: 15, read: 200, write: 100, scattered: 200 };
const WARM_UP = 20;

/**
 * Finds how many rounds make a `burn` of `burnMs` and what each kind of request costs: the scheduler's account of one
 * server process, medians of several batches. The database must not be limited meanwhile.
 */
export async function calibrate(url: string, burnMs: number, wideRows: number): Promise<Calibration> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench-calibrate' });
  await client.connect();
  const reader = new ProcessReader();
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    const cost = (kind: WorkKind, rounds: number): Promise<number> =>
      costOf(client, () => reader.schedstat(pid)?.runNs ?? 0, kind, rounds, wideRows);
    const [empty, trial] = [await cost('burn', 1), await cost('burn', TRIAL_ROUNDS)];
    const burnRounds = Math.max(1, Math.round((TRIAL_ROUNDS * (burnMs - empty)) / (trial - empty)));
    const costs = new Map<WorkKind, number>();
    for (const kind of WORK_KINDS) costs.set(kind, await cost(kind, burnRounds));
    return { burnRounds, costMs: Object.fromEntries(costs) as Record<WorkKind, number> };
  } finally {
    reader.close();
    await client.end();
  }
}

async function costOf(
  client: pg.Client,
  runNs: () => number,
  kind: WorkKind,
  rounds: number,
  wideRows: number,
): Promise<number> {
  const random = seededRandom(1, 'calibrate');
  const ask = async (times: number): Promise<void> => {
    for (let run = 0; run < times; run++) await client.query(statementOf(kind, rounds, wideRows, random));
  };
  await ask(WARM_UP);
  const batches: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const before = runNs();
    await ask(QUERIES[kind]);
    batches.push((runNs() - before) / 1e6 / QUERIES[kind]);
  }
  return median(batches) ?? 0;
}

/**
 * The same work costs more while the other processors work, too: they share caches, and often a core. So costs are
 * brought to what a load was seen to use.
 */
export function correctByLoad({ burnRounds, costMs }: Calibration, result: LoadResult): Calibration {
  const expectedMs = result.kinds.reduce((sum, kind) => sum + costMs[WORK_KINDS[kind] ?? 'burn'], 0);
  const { usedMs } = accountBetween(result.group, result.startAtMs, result.endAtMs);
  const factor = usedMs / expectedMs;
  const corrected = WORK_KINDS.map((kind) => [kind, costMs[kind] * factor] as const);
  return { burnRounds, costMs: Object.fromEntries(corrected) as Record<WorkKind, number> };
}
