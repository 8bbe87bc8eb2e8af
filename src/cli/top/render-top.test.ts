import { describe, expect, it } from 'vitest';
import { width } from '../terminal/text.ts';
import type { Frame, TopModel } from './model.ts';
import { renderTop } from './render-top.ts';
import { NOW, sample, shopModel, STATUS, tick } from './top-fixture.ts';
import { DIMENSION_KEYS, INITIAL_VIEW, type Panel } from './view.ts';

const SMALL: Frame = { width: 80, height: 24, now: NOW, depth: 0 };
const LARGE: Frame = { width: 120, height: 40, now: NOW, depth: 0 };

/** Trailing spaces are nothing that can be seen. */
function picture(model: TopModel, frame: Frame): string {
  return `${renderTop(model, frame)
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

const withView = (values: Partial<TopModel['view']>): TopModel =>
  shopModel({ view: { ...INITIAL_VIEW, ...values } });

const DOWN: TopModel = shopModel({
  sessions: [],
  status: {
    ...STATUS,
    connection: 'waiting to reconnect',
    lastError: {
      code: 'DATABASE_UNREACHABLE',
      message: 'db1:5432 does not answer; is it running?',
      atMs: NOW,
    },
    nextAttemptAtMs: NOW + 45_500,
  },
});

const DEMO = shopModel({
  banner: {
    title: 'lock pile-up',
    sentence: 'One transaction keeps a row locked and everybody else queues behind it.',
  },
});

describe('pictures', () => {
  it.each([
    { name: 'top-80x24', model: shopModel(), frame: SMALL },
    { name: 'top-120x40', model: shopModel(), frame: LARGE },
    { name: 'sessions-80x24', model: withView({ panel: 'sessions' }), frame: SMALL },
    { name: 'blockers-80x24', model: withView({ panel: 'blockers' }), frame: SMALL },
    { name: 'help-80x24', model: withView({ help: true }), frame: SMALL },
    { name: 'users-80x24', model: withView({ dimension: 'db.user', chartBy: 'dimension' }), frame: SMALL },
    { name: 'down-80x24', model: DOWN, frame: { ...SMALL, now: NOW + 40_000 } },
    { name: 'demo-120x40', model: DEMO, frame: LARGE },
  ])('$name', async ({ name, model, frame }) => {
    await expect(picture(model, frame)).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

describe('renderTop', () => {
  it('fills exactly the terminal, whatever its size and what is shown', () => {
    for (const panel of ['top', 'sessions', 'blockers'] satisfies Panel[]) {
      for (const dimension of DIMENSION_KEYS.values()) {
        for (const [columns, rows] of [
          [50, 14],
          [80, 24],
          [81, 33],
          [120, 40],
          [250, 70],
          [20, 5],
        ] as const) {
          const lines = renderTop(withView({ panel, dimension }), {
            width: columns,
            height: rows,
            now: NOW,
            depth: 0,
          });
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
        }
      }
    }
  }, 60_000);

  it('can be drawn before anything is known', () => {
    const status = {
      ...STATUS,
      connection: 'connecting' as const,
      engine: null,
      source: null,
      vcpus: null,
      cost: null,
    };
    const lines = renderTop(shopModel({ ticks: [], sessions: [], status }), SMALL);
    expect(lines.join('\n')).toContain('connecting');
    expect(lines.join('\n')).toContain('AAS – now');
  });

  it('says that the database is down, why, and when it is tried again', () => {
    const text = picture(DOWN, { ...SMALL, now: NOW + 40_000 });
    expect(text).toContain('next attempt in 6 s');
    expect(text).toContain('does not answer');
    expect(text).toContain('DATABASE_UNREACHABLE');
    expect(text).toContain('AAS – now');
  });

  it('shows only the load that passes the filter', () => {
    const filters = [{ dimension: 'db.user', key: 'report' }] as const;
    const text = picture(withView({ filters }), SMALL);
    expect(text).toContain('where user = report');
    expect(text).toContain('sum(amount)');
    expect(text).not.toContain('update stock');
  });

  it('lets no text from the database steer the terminal', () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007';
    const ticks = [tick(NOW, [sample(evil, 500, { 'db.sql_tokenized': 'f', 'db.user': evil })])];
    const texts = new Map([['f', `select ${evil}`]]);
    const sessions = [
      { ...shopModel().sessions[0]!, user: evil, application: evil, waitEvent: evil, sqlId: 'f' },
    ];
    for (const panel of ['top', 'sessions', 'blockers'] satisfies Panel[]) {
      for (const dimension of ['db.sql_tokenized', 'db.user'] as const) {
        const view = { ...INITIAL_VIEW, panel, dimension };
        expect(renderTop(shopModel({ ticks, texts, sessions, view }), LARGE).join('')).not.toContain(
          '\u001b',
        );
      }
    }
  });
});
