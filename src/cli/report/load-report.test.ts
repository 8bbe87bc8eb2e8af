import { describe, expect, it } from 'vitest';
import { DIMENSIONS } from '../../load/model.ts';
import { summarise } from '../../load/summary.ts';
import { width } from '../terminal/text.ts';
import { sample, shopTicks, STATUS, TEXTS, tick } from '../top/top-fixture.ts';
import { crossCheck } from './cross-check.ts';
import { loadJson } from './load-json.ts';
import { renderLoadReport } from './load-report.ts';
import type { Measurement } from './measure.ts';

const measurement: Measurement = {
  ticks: shopTicks(),
  texts: TEXTS,
  status: STATUS,
  requestedSeconds: 281,
  elapsedSeconds: 281,
  wasInterrupted: false,
};
const summary = summarise(measurement.ticks);

describe('renderLoadReport', () => {
  it('fits 80 columns', async () => {
    const lines = renderLoadReport(summary, measurement, { width: 80, color: 0 });
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(80);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/load-80.txt');
  });

  it('shows one dimension at length when asked', () => {
    const text = renderLoadReport(summary, measurement, { width: 80, color: 0, by: 'db.user' }).join('\n');
    expect(text).toContain('by users');
    expect(text).not.toContain('by SQL');
  });

  it('says when nothing was active, and when it was ended early', () => {
    const quiet = { ...measurement, ticks: [tick(1000, [])], elapsedSeconds: 1, wasInterrupted: true };
    const text = renderLoadReport(summarise(quiet.ticks), quiet, { width: 80, color: 0 }).join('\n');
    expect(text).toContain('No session was active');
    expect(text).toContain('Ended after 1.0 of 281 s');
    expect(text).not.toContain('by waits');
  });

  it('does not claim to split the CPU where only sessions were sampled', () => {
    const ticks = [tick(1000, [sample('CPU', 1000)], { source: 'session' })];
    const status = { ...STATUS, source: 'session' as const, sourceReason: 'the database is on another host' };
    const text = renderLoadReport(
      summarise(ticks),
      { ...measurement, ticks, status },
      { width: 80, color: 0 },
    );
    expect(text.join('\n')).toContain('CPU, or waiting for it');
    expect(text.join('\n')).toContain('another host');
  });
});

describe('loadJson', () => {
  const json = loadJson(summary, measurement);

  it('names every dimension, most loaded first, SQL with its text', () => {
    const by = json['by'] as Record<string, { key: string; label: string; aas: number }[]>;
    expect(Object.keys(by)).toEqual([...DIMENSIONS]);
    for (const rows of Object.values(by)) {
      expect(rows.map(({ aas }) => aas)).toEqual(rows.map(({ aas }) => aas).toSorted((a, b) => b - a));
    }
    expect(by['db.sql_tokenized']?.[0]).toMatchObject({
      key: 'a000000000000001',
      label: 'select * from orders where customer_id = $1 order by placed_at desc limit $2',
    });
  });

  it('has what scripts rely on', () => {
    expect(json).toMatchObject({ seconds: 251, ticks: 251, source: 'kernel', coverage: 0.8932, thinning: 1 });
    expect(Object.keys(json['cost'] as object)).toEqual([
      'agentCpuMs',
      'backendCpuMs',
      'tickMsP50',
      'tickMsP99',
    ]);
    for (const name of [
      'aas',
      'cpuRunning',
      'cpuWaiting',
      'nonCpu',
      'idleInTransaction',
      'activeTimeAas',
      'standardError',
    ]) {
      expect(json[name]).toBeTypeOf('number');
    }
  });
});

describe('crossCheck', () => {
  const base = { ...summary, aas: 8, standardError: 0.05, cpuWaiting: 0 };

  it.each([
    { what: 'agreement', values: { activeTimeAas: 7.9 }, says: 'agrees' },
    {
      what: 'sessions that wait for a CPU',
      values: { activeTimeAas: 1, cpuWaiting: 7 },
      says: 'wait for a CPU',
    },
    { what: 'statements that have not ended', values: { activeTimeAas: 1 }, says: 'only when it ends' },
    { what: 'statements that began earlier', values: { activeTimeAas: 12 }, says: 'earlier time included' },
    { what: 'an old server', values: { activeTimeAas: null }, says: 'PostgreSQL 14 and newer' },
  ])('explains $what', ({ values, says }) => {
    expect(crossCheck({ ...base, ...values })).toContain(says);
  });
});
