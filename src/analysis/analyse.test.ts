import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from './analyse.ts';
import { baselineWindow, isBaseline } from './baseline.ts';
import type { AnalysisInput, KeyedSeries, PerPeriod } from './input.ts';
import {
  baseline,
  blockedBy,
  BLOCKING_SQL,
  capacityRecord,
  counters,
  decisions,
  during,
  kindsOf,
  perSecond,
  scene,
  SECONDS,
  series,
  SQL,
  START,
} from './input-fixture.ts';
import { FINDING_SEVERITIES } from './model.ts';

describe('analyse', () => {
  it('says of a quiet window that nothing stands out', () => {
    expect(analyse(scene())).toEqual({
      findings: [],
      summary: [
        'Nothing stands out in these 10 min.',
        '0.22 sessions were active on average on 2 vCPU, against 0.25 in the 24 h before.',
        'Of that: CPU 91 %, waiting for CPU 9 %.',
      ],
    });
  });

  it('says that nothing was observed', () => {
    const coveredMs = scene().coveredMs.map(() => 0);
    const { summary, findings } = analyse(scene({ coveredMs, recordedSinceMs: null }));
    expect(findings).toEqual([]);
    expect(summary).toEqual(['Nothing was observed in this window, so nothing can be said about it.']);
  });

  it('puts the cause before what it causes, and the worst first', () => {
    const waiting = during(100, 200, 12);
    const { findings, summary } = analyse(
      scene({
        waits: series({ 'CPU:Running': 0.2, 'Lock:transactionid': waiting }),
        sql: series({ [SQL]: waiting }),
        blockers: [
          {
            session: '4711@1',
            waiting: perSecond(waiting),
            ...blockedBy(waiting),
            sqlId: BLOCKING_SQL,
            waits: [{ key: 'Lock:transactionid', aas: 2 }],
            waitingSql: [{ key: SQL, aas: 2 }],
          },
        ],
        topSql: [
          { id: SQL, aas: 2, waits: [{ key: 'Lock:transactionid', aas: 2 }], statistics: null, before: null },
        ],
      }),
    );
    expect(kindsOf(findings)).toEqual(['lock-chain', 'load-above-baseline', 'dominating-sql']);
    expect(findings.map(({ severity }) => severity)).toEqual(['high', 'high', 'low']);
    expect(summary.at(-1)).toBe(
      '3 findings, 2 of high severity. The first: 12 sessions waited for pid 4711.',
    );
    expect(summary[0]).toContain('times as many as usual (0.25 in the 24 h before)');
  });

  it('says from how little the baseline is known', () => {
    const young = { ...baseline(0.25), coveredSeconds: 1200 };
    expect(analyse(scene({ baseline: young })).summary[1]).toContain('against 0.25 in the 20 min before');
  });

  it('says where the record begins within the window', () => {
    const { summary } = analyse(scene({ recordedSinceMs: START + 120_000 }));
    expect(summary).toContain('The record begins 2 min after the start of the window.');
  });
});

describe('the baseline', () => {
  it('is the day before, or 24 times a short window', () => {
    expect(baselineWindow({ fromMs: START, toMs: START + 3_600_000 })).toEqual({
      fromMs: START - 86_400_000,
      toMs: START,
    });
    expect(baselineWindow({ fromMs: START, toMs: START + 300_000 })).toEqual({
      fromMs: START - 7_200_000,
      toMs: START,
    });
    expect(baselineWindow({ fromMs: START, toMs: START + 30_000 })).toEqual({
      fromMs: START - 3_600_000,
      toMs: START,
    });
  });

  it('needs ten minutes of record, or twice the window', () => {
    const minutes = (count: number) => ({ fromMs: 0, toMs: count * 60_000 });
    expect(isBaseline(599_000, minutes(60))).toBe(false);
    expect(isBaseline(600_000, minutes(60))).toBe(true);
    expect(isBaseline(119_000, minutes(1))).toBe(false);
    expect(isBaseline(120_000, minutes(1))).toBe(true);
    expect(isBaseline(59_000, minutes(0.1))).toBe(false);
  });
});

const load = fc.oneof(fc.constant(null), fc.constant(0), fc.double({ min: 0, max: 1000, noNaN: true }));
const PERIODS = [1000, 60_000, 300_000, 3_600_000];
const WAITS = [
  'CPU',
  'CPU:Running',
  'CPU:Waiting',
  'Lock:tuple',
  'IO:DataFileRead',
  'IO:WalSync',
  'IO:BufFileRead',
  '',
  '(other)',
];

/** Any input whose lists are as long as each other; they may be empty, and full of gaps. */
const inputs = fc
  .record({
    length: fc.integer({ min: 0, max: 80 }),
    periodMs: fc.constantFrom(...PERIODS),
    clipMs: fc.integer({ min: 0, max: 900 }),
  })
  .chain(({ length, periodMs, clipMs }) => {
    const values: fc.Arbitrary<PerPeriod> = fc.array(load, { minLength: length, maxLength: length });
    const keyed = (keys: readonly string[]): fc.Arbitrary<KeyedSeries[]> =>
      fc.uniqueArray(fc.record({ key: fc.constantFrom(...keys), aas: values }), {
        selector: ({ key }) => key,
        maxLength: keys.length,
      });
    const window = { fromMs: START + clipMs, toMs: START + Math.max(1, length) * periodMs - clipMs / 2 };
    const maybe = fc.constantFrom(null, 0, 0.3, 100);
    return fc
      .record({
        waits: keyed(WAITS),
        sql: keyed([SQL, BLOCKING_SQL]),
        sessionTypes: keyed(['client backend', 'short-lived']),
        idleInTransaction: keyed([SQL, BLOCKING_SQL]),
        waiting: values,
        session: fc.constantFrom('12@34', '0@0', '7'),
        vcpus: values,
        blks: values,
        refaults: values,
        usual: maybe,
        covered: fc.array(fc.constantFrom(0, periodMs, periodMs / 2), {
          minLength: length,
          maxLength: length,
        }),
        decided: fc.array(
          fc.record({
            second: fc.integer({ min: -50, max: SECONDS }),
            cap: fc.constantFrom('maximum' as const, null),
            demandAcu: maybe,
            kind: fc.constantFrom(
              'minimum' as const,
              'cache-needed' as const,
              'missing-observation' as const,
            ),
          }),
        ),
        recordedSinceMs: fc.constantFrom(null, START - 1, START + 5000, START + 1e12),
      })
      .map((parts): AnalysisInput => ({
        ...scene(),
        ...parts,
        window,
        periodMs,
        atMs: Array.from({ length }, (_, index) => START + index * periodMs),
        coveredMs: parts.covered,
        blockers: [
          {
            session: parts.session,
            waiting: parts.waiting,
            mostWaiting: 3,
            blocked: { fromMs: window.fromMs, toMs: window.fromMs + periodMs / 2 },
            sqlId: BLOCKING_SQL,
            waits: [],
            waitingSql: [],
          },
        ],
        counters: {
          ...counters(),
          blksRead: parts.blks,
          blksHit: parts.blks,
          tempBytes: parts.refaults,
          sessions: parts.blks,
          refaultBytesPerSecond: parts.refaults,
          blkReadTime: parts.refaults,
          tempFiles: parts.blks,
          connections: parts.blks,
          cacheBytes: parts.blks,
          unevictableBytes: parts.refaults,
          storagePagesPerSecond: parts.refaults,
        },
        baseline: parts.usual === null ? null : baseline(parts.usual),
        capacity: {
          ...capacityRecord(
            parts.decided
              .toSorted((a, b) => a.second - b.second)
              .flatMap(({ second, cap, demandAcu, kind }) =>
                decisions(
                  { cap, demandAcu, hold: { kind, resource: null, untilMs: null } },
                  second,
                  second + 1,
                ),
              ),
          ),
          acu: parts.vcpus,
        },
        gaps:
          length > 2 ? [{ fromMs: window.fromMs, toMs: Math.min(window.fromMs + 40_000, window.toMs) }] : [],
      }));
  });

describe('whatever the input', () => {
  it('findings lie within the window, worst first, and every figure in them is one', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { summary, findings } = analyse(input);
        expect(summary.length).toBeGreaterThan(0);
        const ranks = findings.map(({ severity }) => FINDING_SEVERITIES.indexOf(severity));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        for (const finding of findings) {
          expect(finding.fromMs).toBeGreaterThanOrEqual(input.window.fromMs);
          expect(finding.toMs).toBeLessThanOrEqual(input.window.toMs);
          expect(finding.fromMs).toBeLessThan(finding.toMs);
          expect(finding.aas === null || finding.aas >= 0).toBe(true);
          expect(finding.title).not.toMatch(/\.$/);
        }
        expect(JSON.stringify({ summary, findings })).not.toMatch(/NaN|Infinity|undefined/);
      }),
      { numRuns: 400 },
    );
  });
});
