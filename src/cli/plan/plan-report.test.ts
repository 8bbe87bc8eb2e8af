import { describe, expect, it } from 'vitest';
import type { Plan, TracePlan } from '../../planner/results.ts';
import { width } from '../terminal/text.ts';
import { hostilePlan, severalPlan, shopPlan, tieredPlan } from './plan-fixture.ts';
import { renderPlanReport } from './plan-report.ts';

/** Colours are escape codes. */
const COLORS = new RegExp(`${String.fromCodePoint(27)}\\[[0-9;]*m`, 'g');

const text = (plan: Plan, columns = 80) => renderPlanReport(plan, { width: columns, color: 0 }).join('\n');

function changed(change: (trace: TracePlan) => TracePlan): Plan {
  const plan = shopPlan();
  return { ...plan, traces: plan.traces.map(change) };
}

describe('renderPlanReport', () => {
  it.each([
    { columns: 80, color: 0 as const, file: 'shop-80.txt', plan: shopPlan() },
    { columns: 80, color: 8 as const, file: 'shop-80-color.txt', plan: shopPlan() },
    { columns: 120, color: 0 as const, file: 'shop-120.txt', plan: shopPlan() },
    { columns: 120, color: 8 as const, file: 'shop-120-color.txt', plan: shopPlan() },
    { columns: 80, color: 0 as const, file: 'tiered-80.txt', plan: tieredPlan() },
    { columns: 80, color: 0 as const, file: 'several-80.txt', plan: severalPlan() },
    { columns: 120, color: 0 as const, file: 'several-120.txt', plan: severalPlan() },
  ])('fits $columns columns: $file', async ({ columns, color, file, plan }) => {
    const lines = renderPlanReport(plan, { width: columns, color });
    for (const line of lines) expect(width(line.replace(COLORS, ''))).toBeLessThanOrEqual(columns);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`golden/${file}`);
  });

  it('reckons so that a reader can do it by hand', () => {
    const [, acuHours = '', price = '', total = ''] =
      /([\d,.]+) ACU-hours a month x \$([\d.]+) = \$([\d,.]+)/.exec(text(shopPlan())) ?? [];
    const number = (figure: string) => Number(figure.replaceAll(',', ''));
    expect(number(acuHours) * number(price)).toBeCloseTo(number(total), 2);
    expect(text(shopPlan())).toContain(`1 to 12 ACU, $${total} a month\n  with       Airglow,`);
  });

  it('marks the best of those that know nothing in advance, and not one that leaves too much short', () => {
    expect(text(shopPlan())).toMatch(/\n\* Airglow /);
    const cheapButShort = changed((trace) => ({
      ...trace,
      scores: trace.scores.map((score) =>
        score.policy === 'vpa' ? { ...score, acuHours: 1, monthlyCost: 0.26 } : score,
      ),
    }));
    expect(text(cheapButShort)).toMatch(/\n· Kubernetes VPA .*\n\* Airglow /);
  });

  it('says what a second tier would change only where that was asked for', () => {
    expect(text(shopPlan())).not.toContain('Optimized Reads');
    const report = text(tieredPlan());
    expect(report).toContain('verdict    A second cache tier of 8 GiB would help');
    expect(report).toMatch(/IO:DataFileRead +2 +0 +-100%/);
    expect(report).toMatch(/IO:TieredCacheRead +0 +0\.1 +new/);
    expect(report).toMatch(/ACU-hours +1,004 +602/);
    expect(report).toContain('With 8.6 GiB of memory (4.5 ACU) or more it makes no difference');
    const nothing = { load: [], without: null, with: null, remarks: [], assumptions: [] };
    const unknown = { tierBytes: null, workingSetBytes: null, enoughMemoryBytes: null, storageSeconds: null };
    const missing = text(
      tieredPlan({ ...nothing, ...unknown, verdict: { kind: 'unknown', sentence: 'It cannot be said.' } }),
    );
    expect(missing).toMatch(/verdict +It cannot be said\.\n\n/);
    expect(missing).not.toMatch(/null|NaN|undefined/);
  });

  it('says it when no bounds meet the objective', () => {
    const unmet = changed((trace) => ({
      ...trace,
      recommendation: { ...trace.recommendation, isObjectiveMet: false },
    }));
    expect(text(unmet)).toContain('None of the minimums and maximums');
    expect(text(shopPlan())).not.toContain('None of');
  });

  it('stands a load that used nothing at all', () => {
    const idle = changed((trace) => ({
      ...trace,
      scores: trace.scores.map((score) => ({
        ...score,
        acuHours: 0,
        cost: 0,
        monthlyCost: 0,
        ratioToClairvoyant: null,
      })),
      recommendation: { ...trace.recommendation, minCapacity: 0, monthlyCost: 0 },
      demandChart: { secondsPerPoint: 60, meanAcu: [0, 0], maxAcu: [0, 0] },
      charts: trace.charts.map((chart) => ({
        ...chart,
        meanAcu: [0, 0],
        maxAcu: [0, 0],
        shortfallAcu: [0, 0],
      })),
    }));
    expect(text(idle)).toContain('0 to 12 ACU, $0.00 a month');
    expect(text(idle)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('lets no name steer the terminal', () => {
    const codes = Array.from(text(hostilePlan()), (character) => character.codePointAt(0) ?? 0);
    expect(codes.filter((code) => code < 32 && code !== 10)).toEqual([]);
  });

  it('lists flat traces apart and leaves their answers out of the others', () => {
    const report = text(severalPlan());
    expect(report).not.toMatch(/^wiki: /m);
    expect(report).toMatch(/flat: every policy sits at the minimum\n {2}wiki /);
  });
});
