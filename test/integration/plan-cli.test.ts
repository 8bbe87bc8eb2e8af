import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanJson } from '../../src/cli/plan/plan-json.ts';
import { openHistory } from '../../src/daemon/open-history.ts';
import { runUp } from '../../src/daemon/up.ts';
import { openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';
import { DIMENSIONS, type LoadTick, type Tuple } from '../../src/load/model.ts';
import { PROGRAM, runCli, runCliHere, startCliOnTerminal } from '../kit/airglow-cli.ts';
import { ScriptedFleet } from '../kit/scripted-fleet.ts';

/** `airglow plan` as a user runs it, on small loads. */
let folder: string;
let trace: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-plan-cli-'));
  trace = join(folder, 'shop.csv');
  const rows = Array.from({ length: 60 }, (_, minute) => {
    const at = new Date(Date.UTC(2026, 10, 2, 9, minute)).toISOString();
    return `${at},${minute < 30 ? 20 : 60}`;
  });
  await writeFile(trace, `timestamp,value\n${rows.join('\n')}\n`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const GIB = 1024 ** 3;

/** Five minutes in which two sessions wait for 1000 pages a second, with half of 8 GiB in memory. */
async function recordReads(directory: string): Promise<void> {
  const history = await openDuckDbHistory({ directory });
  const startMs = Date.UTC(2026, 10, 2, 9);
  const noTuple = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, ''])) as Tuple;
  const sample = (event: string, weightMs: number) =>
    ({ activity: 'active', tuple: { ...noTuple, 'db.wait_event': event }, weightMs }) as const;
  const ticks = Array.from({ length: 300 }, (_, second): LoadTick => ({
    atMs: startMs + second * 1000,
    durationMs: 1000,
    source: 'kernel',
    state: 'observed',
    samples: [sample('IO:DataFileRead', 2000), sample('CPU:Running', 300)],
    activeTimeMs: null,
    thinning: 1,
    hiddenShare: 0,
    cost: { agentCpuMs: 0, backendCpuMs: null, tickMs: 0, lagMs: 0 },
  }));
  const gauges = {
    'memory.refault_bytes_per_second': 1000 * 4096,
    'memory.unevictable_bytes': GIB,
    'memory.cache_bytes': 4 * GIB,
    'tier.storage_reads_per_second': 1000,
    'capacity.demand_memory_acu': 2.5,
  };
  const point = (second: number, metric: string, value: number, durationMs = 0) => {
    return { atMs: startMs + second * 1000, durationMs, metric, key: '', value };
  };
  const counters = Array.from({ length: 30 }, (_, index) => [
    ...Object.entries(gauges).map(([metric, value]) => point(index * 10 + 9, metric, value)),
    point(index * 10 + 9, 'pg_stat_database.blks_read', 10_000, 10_000),
  ]).flat();
  await history.appendTicks('shop', ticks);
  await history.appendCounters('shop', counters);
  await history.close();
}

const SHOP = ['--unit', 'cpu-percent', '--vcpus', '2', '--policy', 'airglow,neon'];
const plan = (...args: string[]) => runCliHere(['plan', ...args]);

async function planned(...args: string[]): Promise<PlanJson> {
  const { code, out, err } = await plan(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as PlanJson;
}

describe('airglow plan', () => {
  it('prints a recommendation that can be checked by hand', async () => {
    const { code, out, err } = await runCli(['plan', trace, ...SHOP]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [first = ''] = out.split('\n');
    const [, min, max, cost = ''] = /^shop: ([\d.]+) to ([\d.]+) ACU, (\$[\d.,]+) a month$/.exec(first) ?? [];
    expect(Number(min)).toBeLessThanOrEqual(Number(max));
    const [, acuHours = '', price = ''] = /([\d,.]+) ACU-hours a month x \$([\d.]+) = /.exec(out) ?? [];
    expect(Number(acuHours.replaceAll(',', '')) * Number(price)).toBeCloseTo(
      Number(cost.replaceAll(/[$,]/g, '')),
      2,
    );
    expect(out).toContain('with       Airglow, at what AWS asks');
    expect(out).toContain('Neon');
    expect(out).toContain('us-east-1');
  });

  it('says the same as JSON, and the same again for the same seed', async () => {
    const once = await planned(trace, ...SHOP, '--seed', '7');
    const again = await planned(trace, ...SHOP, '--seed', '7');
    expect({ ...again, madeAt: '' }).toEqual({ ...once, madeAt: '' });
    expect(once.recommendation).toMatchObject({ policy: 'airglow' });
    expect(once.traces[0]?.trace).toMatchObject({
      name: 'shop',
      start: '2026-11-02T09:00:00.000Z',
      hours: 1,
    });
    const policies = once.traces[0]?.scores
      .filter(({ kind }) => kind === 'causal')
      .map(({ policy }) => policy);
    expect(policies).toEqual(['airglow', 'neon']);
    for (const score of once.traces[0]?.scores ?? []) {
      expect(score.cost).toBeCloseTo(score.acuHours * 0.12, 6);
      expect(score.ratioToClairvoyant).toBeGreaterThan(0.99);
    }
  });

  it('keeps to the bounds and the region that were given, and plans for the first policy', async () => {
    const { traces, recommendation } = await planned(
      ...[trace, '--unit', 'cpu-percent', '--vcpus', '2', '--policy', 'neon', '--policy', 'airglow'],
      ...['--min', '2', '--max', '4', '--region', 'eu-central-1'],
    );
    expect(recommendation).toMatchObject({ policy: 'neon', minCapacity: 2, maxCapacity: 4 });
    expect(traces[0]?.scores[0]?.bounds).toMatchObject({ minAcu: 2, maxAcu: 4 });
    expect(traces[0]?.costs.region).toBe('eu-central-1');
  });

  it('plans for several loads, made ones too, and sums them up', async () => {
    const { traces, summary } = await planned(
      ...[
        trace,
        ...SHOP,
        '--synthetic',
        'lock-storm',
        '--synthetic',
        'spikes',
        '--hours',
        '1',
        '--working-set',
        '3',
      ],
    );
    expect(traces.map((each) => each.trace.name)).toEqual(['shop', 'lock-storm', 'spikes']);
    expect(summary?.find(({ policy }) => policy === 'airglow')?.lockScaleUps).toBe(0);
    expect(traces[0]?.trace.notes.join(' ')).toContain('working set of 3 GiB');
    expect(traces[0]?.recommendation.minCapacity).toBeGreaterThan(0);
  });

  it('says what a second cache tier would change, and leaves the rest of the plan as it is', async () => {
    const shop = [trace, ...SHOP, '--working-set', '24'];
    const { traces: plain } = await planned(...shop);
    const { traces } = await planned(...shop, '--optimized-reads', '--storage-latency-us', '2000');
    const { optimizedReads, ...rest } = traces[0]!;
    expect(rest).toEqual(plain[0]);
    expect(optimizedReads).toMatchObject({
      verdict: { kind: 'helps' },
      loadSource: 'replayed',
      storageSeconds: 0.001,
    });
    expect(optimizedReads?.with?.acuHours).toBeLessThan(optimizedReads?.without?.acuHours ?? 0);
    const { out } = await plan(
      ...shop,
      '--optimized-reads',
      '--storage-latency-us',
      '200',
      '--tiered-cache',
      '30',
    );
    expect(out).toContain('with Optimized Reads: a second cache tier on local NVMe');
    expect(out).toMatch(/verdict +A second cache tier would not help, because storage answers in/);
    const unknown = await planned(trace, ...SHOP, '--optimized-reads');
    expect(unknown.traces[0]?.optimizedReads).toMatchObject({ verdict: { kind: 'unknown' }, with: null });
  });

  it('says so of what was recorded, by wait', async () => {
    const data = join(folder, 'data');
    await recordReads(join(data, 'history'));
    const { traces } = await planned(
      ...['--history', data, '--target', 'shop', '--policy', 'airglow', '--optimized-reads'],
    );
    const whatIf = traces[0]?.optimizedReads;
    expect(whatIf).toMatchObject({ loadSource: 'recorded', verdict: { kind: 'helps' } });
    const row = (name: string) => whatIf?.load.find((one) => one.name === name);
    expect(row('IO:DataFileRead')).toMatchObject({ before: expect.closeTo(2, 2) as number, after: 0 });
    // 1000 pages a second at 0.15 ms.
    expect(row('IO:TieredCacheRead')?.after).toBeCloseTo(0.15, 2);
    expect(whatIf?.workingSetBytes).toBeCloseTo(8 * GIB, -6);
    expect(whatIf?.with?.acuHours).toBeLessThan(whatIf?.without?.acuHours ?? 0);
  });

  it('says the same beside a daemon that records into the folder', async () => {
    const data = join(folder, 'data');
    await recordReads(join(data, 'history'));
    const asked = ['--history', data, '--target', 'shop', '--policy', 'airglow', '--optimized-reads'];
    const { traces } = await planned(...asked);
    const up = await runUp(
      { stateDir: data, listen: { host: '127.0.0.1', port: 0 }, retentionDays: 3650, log: () => {} },
      { openFleet: async () => new ScriptedFleet(), openHistory },
    );
    try {
      expect((await planned(...asked)).traces).toEqual(traces);
      // The folder of the store itself may be named, too.
      const { traces: again } = await planned(...asked.with(1, join(data, 'history')));
      expect(again).toEqual(traces);
    } finally {
      await up.stop();
    }
  });

  it('reads standard input', async () => {
    const csv = await readFile(trace);
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `"$0" ${PROGRAM} plan - --unit cpu-percent --vcpus 2 --policy airglow < "$1"`,
      process.execPath,
      trace,
    ]);
    expect(csv.length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^stdin: /);
  });

  it('writes the page whole, beside what it prints, and says where', async () => {
    const file = join(folder, 'plan.html');
    await writeFile(file, 'old');
    const { code, out, err } = await plan(trace, ...SHOP, '--html', file, '--json');
    expect({ code, err }).toEqual({ code: 0, err: `wrote ${file}\n` });
    expect(JSON.parse(out)).toHaveProperty('recommendation');
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(await readdir(folder)).toEqual(['plan.html', 'shop.csv']);
  });

  it('is not disturbed by a reader that has seen enough', async () => {
    const { stdout, stderr } = await promisify(execFile)('bash', [
      '-c',
      `set -o pipefail; "$0" ${PROGRAM} plan "$1" --unit cpu-percent --vcpus 2 --json --charts | head -c 9`,
      process.execPath,
      trace,
    ]);
    expect(stdout).toBe('{\n  "airg');
    expect(stderr).toBe('');
  });

  it('shows on a terminal how far it is, and erases that', async () => {
    const running = startCliOnTerminal(['plan', '--synthetic', 'spikes', '--policy', 'all']);
    expect(await running.exited).toBe(0);
    expect(running.out()).toMatch(/\d+% {2}spikes, /);
    expect(running.out()).toContain('\r\u001b[K');
    expect(running.out().split('\r\u001b[K').at(-1)).toContain('spikes: ');
  });

  it('lists the policies with their sources', async () => {
    expect((await plan('--list-policies')).out).toMatch(/^airglow {2}Airglow\n/);
    const listed = JSON.parse((await plan('--list-policies', '--json')).out) as { name: string }[];
    expect(listed.map(({ name }) => name)).toContain('neon');
  });
});

describe('airglow plan refuses', () => {
  it.each([
    { what: 'nothing to plan for', args: [], says: /airglow plan cpu\.csv[^]*--history[^]*--synthetic/ },
    {
      what: 'a minimum above the maximum',
      args: ['--synthetic', 'steps', '--min', '4', '--max', '2'],
      says: /above/,
    },
    { what: 'a capacity beside the grid', args: ['--max', '1.3'], says: /steps of 0\.5/ },
    {
      what: 'an unknown policy',
      args: ['--synthetic', 'steps', '--policy', 'neno'],
      says: /Did you mean neon/,
    },
    { what: 'an unknown pattern', args: ['--synthetic', 'stepz'], says: /steps, spikes/ },
    {
      what: 'an unknown region',
      args: ['--synthetic', 'steps', '--region', 'mars-north-1'],
      says: /price list/,
    },
    { what: 'a record without a target', args: ['--history', '/nowhere'], says: /belong together/ },
    { what: 'a length for a file', args: ['x.csv', '--hours', '3'], says: /--hours is for --synthetic/ },
    { what: 'a file that is not there', args: ['/nowhere/x.csv'], says: /no such file/ },
    { what: 'charts without JSON', args: ['--synthetic', 'steps', '--charts'], says: /--json/ },
    {
      what: 'a number that is none',
      args: ['--vcpus', 'four'],
      says: /--vcpus: give a number of processors/,
    },
    {
      what: 'the size of a tier that nobody asked about',
      args: ['--synthetic', 'steps', '--tiered-cache', '8'],
      says: /--tiered-cache: give --optimized-reads too/,
    },
    { what: 'standard input twice', args: ['-', '-'], says: /only once/ },
  ])('$what', async ({ args, says }) => {
    const { code, out, err } = await plan(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
    expect(err).toContain('(INVALID_ARGUMENT)');
  });

  it('a page where none can be, before any work', async () => {
    await mkdir(join(folder, 'reports'));
    const toFolder = await plan(trace, ...SHOP, '--html', join(folder, 'reports'));
    expect(toFolder).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('is a folder') as string,
    });
    const nowhere = await plan(trace, ...SHOP, '--html', join(folder, 'no', 'plan.html'));
    expect(nowhere).toMatchObject({ code: 2, err: expect.stringContaining('not there') as string });
  });

  it('a percentage of it does not know what', async () => {
    const { code, err } = await plan(trace, '--unit', 'cpu-percent');
    expect(code).toBe(2);
    expect(err).toContain('--vcpus');
  });
});
