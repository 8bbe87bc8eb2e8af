import { expect, it } from 'vitest';
import { breakdownStatement, totalsStatement } from './load-sql.ts';

const segment = { dayMs: 0, level: 'raw', fromMs: 0, toMs: 1000 } as const;
const day = {
  dayMs: 0,
  catalog: 'day_1970_01_01',
  targetId: 1,
  segments: [segment, segment],
  dimension: 'db.user',
  valueCount: 9,
} as const;
const said = "x'); DROP TABLE sample; --";
const filter = { filter: { 'db.user': [said, 'y'], 'db.host': [said] } } as const;

it.each([
  ['totals', totalsStatement(day, filter, 'db.user')],
  [
    'breakdown',
    breakdownStatement(day, filter, {
      periods: null,
      groupBy: 'db.user',
      places: new Map([[7, 0]]),
      others: 'sum',
    }),
  ],
])('never puts what a user says into the text of the SQL (%s)', (_, { sql, parameters }) => {
  expect(sql).not.toContain('DROP');
  expect(sql.match(/\?/g)).toHaveLength(parameters.length);
  expect(parameters).toEqual([said, 'y', said, said, 'y', said]);
});

it('refuses numbers that are none', () => {
  const odd = { ...day, targetId: '1; DROP TABLE sample' as unknown as number };
  expect(() => totalsStatement(odd, {}, 'db.user')).toThrow(RangeError);
});
