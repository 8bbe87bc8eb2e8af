import { describe, expect, it } from 'vitest';
import { baseline, during, scene, secondsOf, series, sqlLoad, SQL, valueOf } from '../input-fixture.ts';
import { cpuStarved } from './cpu-starved.ts';
import { dominatingSql } from './dominating-sql.ts';
import { loadAboveBaseline } from './load-above-baseline.ts';

describe('load above its baseline', () => {
  it('says how far, when, and what grew', () => {
    const waits = series({ 'CPU:Running': 0.2, 'IO:DataFileRead': during(200, 320, 8) });
    const [found, ...others] = loadAboveBaseline(scene({ waits, baseline: baseline(0.5) }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'high' });
    expect(found?.title).toMatch(
      /^Load was 1[456] times its baseline: .* instead of 0.5, mostly IO:DataFileRead$/,
    );
    const [from, to] = secondsOf(found!);
    expect(from).toBeGreaterThan(190);
    expect(to).toBeLessThan(330);
    expect(valueOf(found!, 'grew most')).toMatch(/^IO:DataFileRead: 0 to 7(\.\d+)?$/);
    expect(found?.about[0]).toMatchObject({ dimension: 'db.wait_event', key: 'IO:DataFileRead' });
  });

  it('is silent on as much as usual, on little load, and where nothing is known of the time before', () => {
    const waits = series({ 'CPU:Running': 2 });
    expect(loadAboveBaseline(scene({ waits, baseline: baseline(1.8) }))).toEqual([]);
    expect(loadAboveBaseline(scene({ waits: series({ CPU: 0.9 }), baseline: baseline(0.01) }))).toEqual([]);
    expect(loadAboveBaseline(scene({ waits, baseline: null }))).toEqual([]);
  });

  it('begins at two and a half times', () => {
    const at = (aas: number) =>
      loadAboveBaseline(scene({ waits: series({ CPU: aas }), baseline: baseline(2) }));
    expect(at(4.9)).toEqual([]);
    expect(at(5.1)).toMatchObject([{ severity: 'medium', aas: expect.closeTo(3.1) }]);
  });
});

describe('too little CPU', () => {
  it('names how many waited, on how many processors, and the statement', () => {
    const waits = series({ 'CPU:Running': during(100, 160, 2, 0.1), 'CPU:Waiting': during(100, 160, 6) });
    const [found] = cpuStarved(scene({ waits }));
    expect(found).toMatchObject({ kind: 'cpu-starved', severity: 'high' });
    expect(found?.title).toMatch(/waited for a processor on 2 vCPU$/);
    expect(valueOf(found!, 'most CPU by')).toBe('SELECT * FROM orders WHERE customer = $1 (100 % of it)');
    expect(found?.advice[0]).toContain('EXPLAIN');
  });

  it('tells a busy host from a database that needs more', () => {
    const waits = series({ 'CPU:Running': 0.8, 'CPU:Waiting': 2 });
    expect(cpuStarved(scene({ waits }))[0]?.advice[0]).toContain('what else runs on this host');
  });

  it('is silent on busy processors that nobody waits for, and on a wait that is short', () => {
    expect(cpuStarved(scene({ waits: series({ 'CPU:Running': 1.95, 'CPU:Waiting': 0.4 }) }))).toEqual([]);
    expect(
      cpuStarved(scene({ waits: series({ 'CPU:Running': 2, 'CPU:Waiting': during(100, 103, 3) }) })),
    ).toEqual([]);
  });

  it('counts sessions against processors where only samples are known', () => {
    const at = (aas: number) => cpuStarved(scene({ waits: series({ CPU: aas }) }));
    expect(at(2.3)).toEqual([]);
    expect(at(2.6)).toMatchObject([
      { severity: 'medium', title: 'CPU was short: 2.6 sessions wanted 2 vCPU' },
    ]);
    expect(at(9)).toMatchObject([{ severity: 'high' }]);
    expect(cpuStarved(scene({ waits: series({ CPU: 9 }), vcpus: scene().vcpus.map(() => null) }))).toEqual(
      [],
    );
  });
});

describe('one dominating statement', () => {
  const waits = series({ 'CPU:Running': during(300, 400, 2, 0.1), 'CPU:Waiting': during(300, 400, 4) });
  const sql = series({ [SQL]: during(300, 400, 5.5, 0.02), [`${SQL.slice(1)}b`]: 0.1 });

  it('is named, with what has changed', () => {
    const before = { aas: 0.1, statistics: { callsPerSecond: 50, meanMs: 2, tempBytes: 0 } };
    const [found, ...others] = dominatingSql(scene({ waits, sql, topSql: [sqlLoad({ before })] }));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'high', explanation: 'A call took 10 times as long as before.' });
    expect(found?.title).toMatch(/^One statement was 9\d % of the load: SELECT \* FROM orders/);
    expect(valueOf(found!, 'mean time of a call')).toBe('20 ms, before 2 ms');
    expect(found?.about).toMatchObject([{ dimension: 'db.sql_tokenized', key: SQL }]);
  });

  it('that is called more often is told from one that is slower', () => {
    const before = { aas: 0.1, statistics: { callsPerSecond: 5, meanMs: 19, tempBytes: 0 } };
    const [found] = dominatingSql(scene({ waits, sql, topSql: [sqlLoad({ before })] }));
    expect(found?.explanation).toBe('It was called 10 times as often as before.');
  });

  it('is a victim where it waits for locks', () => {
    const topSql = [
      sqlLoad({
        aas: 1,
        waits: [
          { key: 'Lock:tuple', aas: 0.9 },
          { key: 'CPU:Running', aas: 0.1 },
        ],
      }),
    ];
    expect(dominatingSql(scene({ waits, sql, topSql }))).toMatchObject([
      { severity: 'low', explanation: expect.stringContaining('whoever held them is the cause') },
    ]);
  });

  it('is called by its digest where its text may not be read', () => {
    const [found] = dominatingSql(scene({ waits, sql, texts: new Map() }));
    expect(JSON.stringify(found)).not.toContain('orders');
    expect(found?.title).toContain(`statement ${SQL}`);
  });

  it('is none where several share the load, or there is next to none', () => {
    const shared = series({ [SQL]: 2, cccccccccccccccc: 2, dddddddddddddddd: 2 });
    expect(dominatingSql(scene({ waits: series({ CPU: 6 }), sql: shared }))).toEqual([]);
    expect(dominatingSql(scene({ waits: series({ CPU: 0.5 }), sql: series({ [SQL]: 0.5 }) }))).toEqual([]);
  });

  it('is none that dominated a moment of a busy window', () => {
    const busy = series({ CPU: during(0, 40, 2, 8) });
    const brief = series({ [SQL]: during(0, 40, 1.9) });
    expect(dominatingSql(scene({ waits: busy, sql: brief }))).toEqual([]);
  });
});
