import { describe, expect, it } from 'vitest';
import type { PlanOptions } from '../options.ts';
import { plan } from '../plan.ts';
import { DATABASE, EXACT, GIB, traceOf } from '../planner-fixture.ts';
import type { Plan } from '../results.ts';
import type { OptimizedReadsOptions, OptimizedReadsPlan, RecordedReads } from './model.ts';

const WISH: OptimizedReadsOptions = {
  tierBytes: null,
  localSeconds: null,
  storageSeconds: null,
  workingSetBytes: null,
};
const OPTIONS: PlanOptions = {
  policies: ['airglow'],
  minAcu: null,
  maxAcu: null,
  autoPauseMs: 300_000,
  database: DATABASE,
  imperfections: EXACT,
  seed: 1,
  bursts: true,
  prices: { region: 'us-east-1', storageGib: 10, ioMillions: 1, hostPricePerAcuHour: null },
  chartPoints: 50,
  madeAt: '2026-11-23T00:00:00.000Z',
};
const SECONDS = 1800;
const cpus = Array.from({ length: SECONDS }, () => 0.3);
const column = (value: number): Float32Array => new Float32Array(SECONDS).fill(value);

/** Two sessions that wait for 1000 pages a second, half of 8 GiB in memory. */
const READS: RecordedReads = {
  waits: [
    { key: 'CPU:Running', aas: 0.3 },
    { key: 'IO:DataFileRead', aas: 2 },
    { key: 'IO:WalSync', aas: 0.1 },
  ],
  rereadBytesPerSecond: 1000 * 4096,
  missedBlocksPerSecond: 1000,
  storagePagesPerSecond: 1000,
  unevictableBytes: GIB,
  cacheBytes: 4 * GIB,
  storageSeconds: null,
  localSeconds: 0.0001,
};

interface Load {
  readonly memoryGib?: number;
  readonly reads?: RecordedReads;
  readonly wish?: Partial<OptimizedReadsOptions>;
  readonly pagesPerCpuSecond?: number;
  readonly maxAcu?: number;
}

function made({ memoryGib, reads, wish, pagesPerCpuSecond = 2000, maxAcu }: Load, isAsked = true): Plan {
  const trace = traceOf(cpus, {
    memoryBytes: memoryGib === undefined ? null : column(memoryGib * GIB),
    ioSessions: column(2.1),
  });
  const options: PlanOptions = {
    ...OPTIONS,
    maxAcu: maxAcu ?? null,
    database: { ...DATABASE, pagesPerCpuSecond },
    ...(isAsked ? { optimizedReads: { ...WISH, ...wish } } : {}),
  };
  return plan(
    [{ trace, cpuCeilingCores: null, ...(reads === undefined ? {} : { reads }) }],
    options,
    () => {},
    'test',
  );
}

function whatIf(load: Load): OptimizedReadsPlan {
  const found = made(load).traces[0]?.optimizedReads;
  if (found === undefined) throw new Error('no what-if');
  return found;
}

const rowOf = ({ load }: OptimizedReadsPlan, name: string) => load.find((row) => row.name === name);

it('a plan is the same whether or not it is asked for', () => {
  const without = made({ memoryGib: 6 }, false);
  const { optimizedReads, ...rest } = made({ memoryGib: 6 }).traces[0]!;
  expect(optimizedReads).toBeDefined();
  expect(rest).toEqual(without.traces[0]);
});

describe('of a load that was recorded', () => {
  const found = whatIf({ reads: READS });

  it('the load is the recorded one, and what is estimated of it', () => {
    expect(found).toMatchObject({
      loadSource: 'recorded',
      verdict: { kind: 'helps' },
      workingSetBytes: 8 * GIB,
    });
    expect(rowOf(found, 'IO:DataFileRead')).toEqual({ name: 'IO:DataFileRead', before: 2, after: 0 });
    expect(rowOf(found, 'IO:TieredCacheRead')?.after).toBeCloseTo(0.1, 9);
    expect(rowOf(found, 'IO:WalSync')).toMatchObject({ before: 0.1, after: 0.1 });
    expect(found.load.at(-1)).toMatchObject({ name: 'all', before: expect.closeTo(2.4, 9) });
    expect(found).toMatchObject({ enoughMemoryBytes: 9 * GIB, enoughMemoryAcu: 4.5, localSeconds: 0.0001 });
  });

  it('less capacity is chosen, as memory need not hold it all', () => {
    expect(found.without?.meanAcu).toBeGreaterThan(3.5);
    expect(found.with?.acuHours).toBeLessThan(0.7 * (found.without?.acuHours ?? 0));
    expect(found.with?.monthlyCost).toBeLessThan(found.without?.monthlyCost ?? 0);
    expect(found.with?.shortfallShare).toBeLessThanOrEqual(0.005);
    expect(found.remarks[0]).toContain('less capacity');
  });

  it('what was given stands above what was recorded', () => {
    const given = whatIf({ reads: READS, wish: { localSeconds: 0.0004, tierBytes: 6 * GIB } });
    expect(given).toMatchObject({ localSeconds: 0.0004, tierBytes: 6 * GIB });
    expect(rowOf(given, 'IO:DataFileRead')?.after).toBeCloseTo(1, 9);
    // 4 ms a block is 2 ms for each of its pages: as recorded.
    expect(whatIf({ reads: READS, wish: { storageSeconds: 0.004 } }).storageSeconds).toBeCloseTo(0.002, 12);
    expect(whatIf({ reads: READS, wish: { storageSeconds: 0.0002 } }).verdict.kind).toBe('local-already');
  });

  it('nothing is replayed where figures are missing, and the recorded load is shown', () => {
    const unknown = whatIf({ reads: { ...READS, rereadBytesPerSecond: null } });
    expect(unknown).toMatchObject({
      verdict: { kind: 'unknown' },
      without: null,
      with: null,
      tierBytes: null,
    });
    expect(unknown.load.at(-1)).toMatchObject({ before: unknown.load.at(-1)?.after });
  });
});

describe('of a load that nobody recorded', () => {
  it('says what is missing instead of guessing', () => {
    const found = whatIf({});
    expect(found).toMatchObject({ verdict: { kind: 'unknown' }, load: [], without: null, with: null });
    expect(found.verdict.sentence).toContain('memory_gib, --working-set');
  });

  it('makes a tier of five times the memory at maximum capacity at most, unless told otherwise', () => {
    // 1 ACU has 2 GiB.
    expect(whatIf({ memoryGib: 24, maxAcu: 1 }).tierBytes).toBe(10 * GIB);
    expect(whatIf({ memoryGib: 24, maxAcu: 1, wish: { tierBytes: 16 * GIB } }).tierBytes).toBe(16 * GIB);
    expect(whatIf({ memoryGib: 24, maxAcu: 16 }).tierBytes).toBeGreaterThan(16 * GIB);
  });

  it('replays the model, where memory is what asks for capacity', () => {
    const found = whatIf({ memoryGib: 24 });
    expect(found).toMatchObject({ loadSource: 'replayed', verdict: { kind: 'helps' }, estimate: null });
    expect(found.with?.acuHours).toBeLessThan(0.6 * (found.without?.acuHours ?? 0));
    expect(rowOf(found, 'other I/O, as given')).toMatchObject({
      before: expect.closeTo(2.1, 5),
      after: expect.closeTo(2.1, 5),
    });
    expect(rowOf(found, 'pages from the tier')?.before).toBe(0);
  });

  it('gains nothing where the working set fits anyway', () => {
    const found = whatIf({ memoryGib: 2 });
    expect(found.verdict.kind).toBe('fits-memory');
    expect(found.with?.acuHours).toBeGreaterThan(0.95 * (found.without?.acuHours ?? 0));
  });

  it('gains nothing where storage is local already', () => {
    expect(whatIf({ memoryGib: 24, wish: { storageSeconds: 0.0003 } }).verdict.kind).toBe('local-already');
  });
});
