import { describe, expect, it } from 'vitest';
import { importsOf, isTest, sources } from './sources.ts';

/** What each folder of src/ may import from the others. `errors.ts` and `random.ts` are open to all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  load: ['engines/engine.ts'],
  engines: ['load/model.ts'],
  kernel: [],
  history: ['load/model.ts', 'kernel/process-lock.ts'],
  capacity: [],
  cluster: ['kernel', 'capacity'],
  demo: ['cluster/scram-verifier.ts'],
  api: [
    'load',
    'capacity',
    'analysis',
    'engines/engine.ts',
    'history/history.ts',
    'daemon/observer.ts',
    'daemon/fleet.ts',
  ],
  sentinel: ['kernel'],
  planner: ['capacity'],
  analysis: ['load', 'capacity'],
  daemon: ['load', 'capacity', 'engines', 'kernel', 'history', 'cluster', 'sentinel', 'api'],
  cli: ['load', 'capacity', 'planner', 'analysis', 'engines', 'history', 'daemon', 'demo', 'api'],
};

/** Folders whose code is a function of its arguments. */
const PURE = ['src/load/', 'src/capacity/', 'src/planner/', 'src/analysis/', 'src/engines/postgres/digest/'];

const BANNED_IN_PURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bset(Timeout|Interval|Immediate)\b|\bprocess\.(?:env|argv|platform|hrtime|memoryUsage|cwd)\b|\bfetch\(/;

const files = sources('src').filter((source) => !isTest(source));

describe('the folders', () => {
  it('import only in the direction that data flows', () => {
    const wrong = files.flatMap((file) => {
      const folder = file.path.split('/')[1] ?? '';
      const allowed = [folder, 'errors.ts', 'random.ts', ...(MAY_IMPORT[folder] ?? [])].map(
        (name) => `src/${name}`,
      );
      return importsOf(file)
        .filter((target) => target.startsWith('src/'))
        .filter((target) => !allowed.some((prefix) => target === prefix || target.startsWith(`${prefix}/`)))
        .map((target) => `${file.path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('are all known to this rule', () => {
    const folders = new Set(
      files.filter(({ path }) => path.split('/').length > 2).map(({ path }) => path.split('/')[1]),
    );
    expect([...folders].filter((folder) => !((folder as string) in MAY_IMPORT))).toEqual([]);
  });

  it('leave limits to the cluster and the sentinel', () => {
    const writers = files.filter(
      ({ path, text }) =>
        !/^src\/(cluster|kernel|sentinel)\//.test(path) &&
        /\.(setCpus|setMemoryBytes|setSwapBytes|freeze|thaw)\(/.test(text),
    );
    expect(writers.map(({ path }) => path)).toEqual([]);
  });

  it('keep to libraries where they belong', () => {
    const home: Readonly<Record<string, string>> = {
      pg: 'src/(engines/postgres|demo|cluster)/',
      '@duckdb/node-api': 'src/history/duckdb/',
      koffi: 'src/kernel/',
      hono: 'src/(api|daemon)/',
      commander: 'src/cli/',
      papaparse: 'src/cli/plan/',
    };
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => home[target] !== undefined && !new RegExp(`^${home[target]}`).test(file.path))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the dashboard', () => {
  /** What may run in a browser: words and constants. Everything else of src/ it knows by its types only. */
  const VALUES_FROM = ['src/load/model.ts', 'src/history/history.ts', 'src/analysis/model.ts'];

  it('takes only words and types from the rest', () => {
    const web = sources('web/src').filter((source) => !isTest(source));
    const wrong = web.flatMap((file) =>
      importsOf(file, 'values')
        .filter((target) => target.startsWith('src/') && !VALUES_FROM.includes(target))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(web.length).toBeGreaterThan(30);
    expect(wrong).toEqual([]);
  });

  it('is known to nothing but the daemon that serves it', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('web/'))
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('pure code', () => {
  const pure = files.filter(({ path }) => PURE.some((folder) => path.startsWith(folder)));

  it('is there', () => {
    expect(pure.length).toBeGreaterThan(10);
  });

  it('does no I/O', () => {
    const wrong = pure.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('src/') && target !== 'node:crypto')
        .map((target) => `${file.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('takes the time as an argument and has no chance in it', () => {
    const wrong = pure.filter(({ text }) => BANNED_IN_PURE.test(text)).map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});
