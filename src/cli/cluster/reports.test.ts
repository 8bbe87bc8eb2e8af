import { describe, expect, it } from 'vitest';
import type { PauseOutlook } from '../../capacity/model.ts';
import { width } from '../terminal/text.ts';
import { formatAcuHours, formatGib, formatMoment, formatSize } from './amounts.ts';
import { ASLEEP, CRM, EXPLANATION, FAST, LATEST, NOW, SHOP, SLOWED } from './cluster-fixture.ts';
import { renderClusterTable } from './cluster-table.ts';
import { renderDescription } from './description-report.ts';
import { renderEvents } from './event-lines.ts';
import { renderExplanation } from './explain-report.ts';
import { pauseFacts } from './pause-facts.ts';

const PLAIN = { width: 80, color: 0, now: NOW, timeZone: 'UTC' } as const;
const COLOURED = { ...PLAIN, color: 8 } as const;
const ESCAPE = '\u001b';

function fits(lines: readonly string[], columns: number): string {
  for (const line of lines) expect({ line, fits: width(line) <= columns }).toEqual({ line, fits: true });
  return `${lines.join('\n')}\n`;
}

describe('renderExplanation', () => {
  it('says in 80 columns why the capacity is what it is', async () => {
    const text = fits(renderExplanation(EXPLANATION, SHOP, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/explain-80.txt');
  });

  it('uses a wide terminal', () => {
    const lines = renderExplanation(EXPLANATION, SHOP, { ...PLAIN, width: 120 });
    fits(lines, 120);
    expect(Math.max(...lines.map(width))).toBeGreaterThan(80);
  });

  it('paints where there is colour, and only there', () => {
    expect(renderExplanation(EXPLANATION, SHOP, COLOURED).join('')).toContain(ESCAPE);
    expect(renderExplanation(EXPLANATION, SHOP, PLAIN).join('')).not.toContain(ESCAPE);
  });

  it('says of a database that does not run that nothing was decided, and how to enforce capacity', () => {
    const nothing = {
      ...EXPLANATION,
      name: 'crm',
      capacityAcu: 0,
      sentences: ['crm is failed; nothing was decided yet.'],
      latest: null,
      changes: [],
    };
    const text = fits(renderExplanation(nothing, CRM, PLAIN), 80);
    expect(text).toMatch(/^crm: 0 ACU: it is failed/);
    expect(text).toContain('Not enforced: Processes can be limited by root only. Run airglow up as root');
    expect(text).toContain('capacity has not changed yet');
  });

  it('shows the newest changes, and how many there were before', () => {
    const many = Array.from({ length: 20 }, () => EXPLANATION.changes[0]!);
    const text = renderExplanation({ ...EXPLANATION, changes: many }, SHOP, PLAIN).join('\n');
    expect(text.match(/0\.5 → 3\.5/g)).toHaveLength(8);
    expect(text).toContain('and 12 before');
  });

  it('is not steered by what it shows', () => {
    const sentences = [`shop${ESCAPE}[2J is fine`];
    expect(renderExplanation({ ...EXPLANATION, sentences }, SHOP, PLAIN).join('')).not.toContain(ESCAPE);
  });
});

describe('renderClusterTable', () => {
  it('has a line for each database, by name, in 80 columns', async () => {
    const text = fits(renderClusterTable([SHOP, CRM, ASLEEP], PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/list-80.txt');
  });

  it('has its head alone while there is none', () => {
    expect(renderClusterTable([], PLAIN)).toHaveLength(1);
  });
});

describe('renderDescription', () => {
  it('says everything in 80 columns', async () => {
    const text = fits(renderDescription(SHOP, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/describe-80.txt');
  });

  it('says why a database does not run, and why nothing is enforced', async () => {
    const text = fits(renderDescription(CRM, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/describe-failed-80.txt');
  });
});

describe('a paused database', () => {
  it('is described: since when, what is ignored, what woke it last', async () => {
    const text = fits(renderDescription(ASLEEP, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/describe-paused-80.txt');
  });

  it('is explained without what was asked for before', async () => {
    const sentences = ['It is paused: nobody has used it for 5 min.'];
    const paused = { ...EXPLANATION, name: 'night', capacityAcu: 0, sentences };
    const text = fits(renderExplanation(paused, ASLEEP, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/explain-paused-80.txt');
  });

  it('is quiet in the list', () => {
    const lines = renderClusterTable([ASLEEP], COLOURED);
    expect(lines[1]).toContain(`${ESCAPE}[0;2mpaused`);
  });
});

describe('Optimized Reads', () => {
  it('is described: where, how much, and what a page costs', async () => {
    const text = fits(renderDescription(FAST, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/describe-optimized-reads-80.txt');
  });

  it('is described where it is not as asked for, with the way out', async () => {
    const text = fits(renderDescription(SLOWED, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/describe-optimized-reads-amiss-80.txt');
    expect(renderDescription(FAST, COLOURED).join('')).toContain(`${ESCAPE}[0m32 GiB in force`);
    expect(renderDescription(SLOWED, COLOURED).join('')).toContain(`${ESCAPE}[0;38;5;220mnot in force`);
  });

  it('is explained, and left out where no part of it was asked for', async () => {
    const text = fits(renderExplanation(EXPLANATION, FAST, PLAIN), 80);
    await expect(text).toMatchFileSnapshot('golden/explain-optimized-reads-80.txt');
    expect(renderExplanation(EXPLANATION, SHOP, PLAIN).join()).not.toContain('optimized reads');
  });

  it('says in words what takes next to nothing', () => {
    const tieredCache = FAST.optimizedReads.tieredCache!;
    const activity = { ...tieredCache.activity!, hitsPerSecond: 946, tierReadMs: 0.002 };
    const optimizedReads = { ...FAST.optimizedReads, tieredCache: { ...tieredCache, activity } };
    const text = renderDescription({ ...FAST, optimizedReads }, { ...PLAIN, width: 200 }).join(' ');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('946 pages/s from the tier in less than 0.01 ms each, ');
  });

  it('says a quiet minute in words', () => {
    const tieredCache = FAST.optimizedReads.tieredCache!;
    const activity = { ...tieredCache.activity!, hitsPerSecond: 0, storageReadsPerSecond: 0, hitRatio: null };
    const optimizedReads = { ...FAST.optimizedReads, tieredCache: { ...tieredCache, activity } };
    const text = renderDescription({ ...FAST, optimizedReads }, { ...PLAIN, width: 200 }).join('\n');
    expect(text).toContain('32 GiB in force, 21 GiB used; no page was read in the last minute');
  });
});

describe('whether it will be paused', () => {
  const planOf = (pause: PauseOutlook | null, unavailable: string | null = null) => {
    const lastDecision = { ...LATEST, decision: { ...LATEST.decision, pause } };
    const awake = { ...ASLEEP, status: 'available', lastDecision } as const;
    return pauseFacts({ ...awake, pause: { ...SHOP.pause, secondsUntilAutoPause: 90, unavailable } }, PLAIN)
      .plan;
  };

  it.each([
    [null, 'Pauses after 90 s without activity'],
    [{ kind: 'active', by: null }, 'Pauses after 90 s without activity. Somebody uses it now'],
    [
      { kind: 'waiting', untilMs: NOW + 70_000 },
      'Pauses after 90 s without activity. Nobody uses it now; paused in 1 min 10 s',
    ],
    [
      {
        kind: 'blocked',
        blockers: [{ kind: 'replication', detail: 'a standby is connected (walreceiver)' }],
      },
      'Pauses after 90 s without activity. Nobody uses it now; held awake: a standby is connected (walreceiver)',
    ],
  ] as [PauseOutlook | null, string][])('is said: %j', (outlook, plan) => {
    expect(planOf(outlook)).toBe(plan);
  });

  it('is said where it cannot be, with the way out, and left out where it never is', () => {
    const note = 'sockets may not be duplicated (ptrace_scope is 3). Set kernel.yama.ptrace_scope to 1';
    expect(planOf({ kind: 'active', by: null }, `${note}.`)).toBe(`Cannot be paused here: ${note}`);
    expect(pauseFacts(SHOP, PLAIN)).toEqual({ plan: null, paused: null, woken: null });
  });
});

describe('renderEvents', () => {
  const event = { kind: 'crashed', severity: 'error', message: `killed${ESCAPE}[2J`, data: {} } as const;

  it('is oldest first, one line each', () => {
    const events = [
      { ...event, atMs: NOW },
      { ...event, atMs: NOW - 1000, severity: 'info', message: 'there' } as const,
    ];
    expect(renderEvents(events, PLAIN)).toEqual([
      '2026-11-22 11:59:59  info     crashed: there',
      '2026-11-22 12:00:00  error    crashed: killed [2J',
    ]);
  });

  it('says how to look further back when there is none', () => {
    expect(renderEvents([], PLAIN).join()).toContain('--from -7d');
  });
});

describe('amounts', () => {
  it('have the digits that matter', () => {
    const GIB = 1024 ** 3;
    expect([0.5 * GIB, 1 * GIB, 5.123 * GIB, 512 * GIB].map(formatGib)).toEqual([
      '0.5 GiB',
      '1 GiB',
      '5.12 GiB',
      '512 GiB',
    ]);
    expect([0, 700, 2048, 12.4 * 1024 ** 2, 1.5 * GIB].map(formatSize)).toEqual([
      '0 B',
      '700 B',
      '2 KiB',
      '12 MiB',
      '1.5 GiB',
    ]);
    expect([0.00012, 0.25, 12.345, 1234.5].map(formatAcuHours)).toEqual([
      '0.0001',
      '0.2500',
      '12.35',
      '1235',
    ]);
    expect(formatMoment(NOW, 'Europe/Berlin')).toBe('2026-11-22 13:00:00');
  });
});
