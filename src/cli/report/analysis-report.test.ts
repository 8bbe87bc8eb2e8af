import { describe, expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import {
  blockedBy,
  BLOCKING_SQL,
  capacityRecord,
  decisions,
  during,
  perSecond,
  scene,
  SECONDS,
  series,
  SQL,
  sqlLoad,
  START,
} from '../../analysis/input-fixture.ts';
import type { AnalysisInput } from '../../analysis/input.ts';
import { loadOfWindow } from '../../analysis/summary.ts';
import type { AnalysisAnswer } from '../../api/analysis-answers.ts';
import { width } from '../terminal/text.ts';
import { renderAnalysis } from './analysis-report.ts';

const PLAIN = { width: 80, color: 0, dashboard: null, timeZone: 'UTC' } as const;
const ESCAPE = '\u001b';

function answerOf(input: AnalysisInput): AnalysisAnswer {
  const { summary, findings } = analyse(input);
  const { baseline, target, window } = input;
  const coveredSeconds = input.coveredMs.reduce((sum, ms) => sum + ms, 0) / 1000;
  const meta = { target, ...window, coveredSeconds, aas: loadOfWindow(input), baseline };
  return { meta, summary: [...summary], findings: [...findings] };
}

/** A spike of one statement that capacity could not follow, then a pile-up behind an idle session. */
function badMorning(): AnalysisAnswer {
  const waiting = during(400, 470, 12);
  return answerOf(
    scene({
      waits: series({
        'CPU:Running': during(100, 220, 1, 0.2),
        'CPU:Waiting': during(100, 220, 7, 0.01),
        'Lock:transactionid': waiting,
      }),
      sql: series({ [SQL]: during(100, 220, 7.6, 0.1) }),
      vcpus: perSecond(1),
      topSql: [
        sqlLoad({
          aas: 1.7,
          waits: [
            { key: 'CPU:Waiting', aas: 1.5 },
            { key: 'CPU:Running', aas: 0.2 },
          ],
          before: { aas: 0.1, statistics: { callsPerSecond: 48, meanMs: 2.1, tempBytes: 0 } },
        }),
      ],
      blockers: [
        {
          session: '4711@1795348800',
          waiting: perSecond(waiting),
          ...blockedBy(waiting),
          sqlId: BLOCKING_SQL,
          waits: [{ key: 'Lock:transactionid', aas: 1.4 }],
          waitingSql: [{ key: 'cccccccccccccccc', aas: 1.4 }],
        },
      ],
      idleInTransaction: series({ [BLOCKING_SQL]: during(395, 470, 1) }),
      idleOwners: [
        {
          sqlId: BLOCKING_SQL,
          users: [{ key: 'app_shop', aas: 0.1 }],
          applications: [{ key: 'shop-admin', aas: 0.1 }],
        },
      ],
      capacity: capacityRecord([
        ...decisions({ demandAcu: 1 }, 0, 110),
        ...decisions({ cap: 'maximum', demandAcu: 14.2 }, 110, 220),
        ...decisions({ demandAcu: 1 }, 220),
      ]),
    }),
  );
}

function fits(lines: readonly string[], columns: number): string {
  for (const line of lines) expect({ line, fits: width(line) <= columns }).toEqual({ line, fits: true });
  return `${lines.join('\n')}\n`;
}

describe('renderAnalysis', () => {
  it('tells in 80 columns what happened and what to do', async () => {
    await expect(fits(renderAnalysis(badMorning(), PLAIN), 80)).toMatchFileSnapshot('golden/analysis-80.txt');
  });

  it('of a quiet window is a few lines', async () => {
    await expect(fits(renderAnalysis(answerOf(scene()), PLAIN), 80)).toMatchFileSnapshot(
      'golden/analysis-quiet-80.txt',
    );
  });

  it('fits narrow and wide terminals', () => {
    for (const columns of [60, 100, 120])
      fits(renderAnalysis(badMorning(), { ...PLAIN, width: columns }), columns);
  });

  it('paints where there is colour, and only there', () => {
    const coloured = renderAnalysis(badMorning(), { ...PLAIN, color: 8 });
    expect(coloured.join('')).toContain(ESCAPE);
    expect(renderAnalysis(badMorning(), PLAIN).join('')).not.toContain(ESCAPE);
  });

  it('leaves an address in one piece', () => {
    const dashboard = `http://127.0.0.1:8642/db/${'x'.repeat(90)}/analysis`;
    expect(renderAnalysis(badMorning(), { ...PLAIN, dashboard }).at(-1)).toBe(`dashboard: ${dashboard}`);
  });

  it('lets no statement steer the terminal', () => {
    const evil = `SELECT ${ESCAPE}[2J 1`;
    const answer = answerOf(
      scene({
        waits: series({ CPU: 4 }),
        sql: series({ [SQL]: 4 }),
        texts: new Map([[SQL, evil]]),
      }),
    );
    const lines = renderAnalysis(answer, PLAIN);
    expect(lines.join('')).toContain('SELECT');
    expect(lines.join('')).not.toContain(ESCAPE);
  });

  it('says what was not observed', () => {
    const half = scene().coveredMs.map((ms, second) => (second < SECONDS / 2 ? ms : 0));
    const gaps = [{ fromMs: START + 300_000, toMs: START + 600_000 }];
    const text = renderAnalysis(answerOf(scene({ coveredMs: half, gaps })), PLAIN).join('\n');
    expect(text).toContain('5 min 00 s of 10 min 00 s observed');
    expect(text).toContain('Nothing is known of 5 min (50 %)');
  });
});
