import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { normalizeSql } from './normalize.ts';

function normalize(sql: string): string {
  return normalizeSql(sql).text;
}

describe('normalizeSql', () => {
  test.each([
    ['SELECT  1', 'select ?'],
    ['select 1;', 'select ?'],
    ['select -1, a - 1, a -1, - -1, -(-1)', 'select ?, a - ?, a - ?, ?, - (?)'],
    ['select 1e5, 1e-5, 1_000, 0x1F, 0o17, 0b11, .5, 5., 1.5', 'select ?, ?, ?, ?, ?, ?, ?, ?, ?'],
    ['select FOO.Bar, "Foo"."b""ar" from T t1', 'select foo.bar, "Foo"."b""ar" from t t1'],
    ["select U&\"d\\0061t\", U&'x' uescape '!'", 'select u&"d\\0061t", ? uescape ?'],
    [String.raw`select E'a\'b', e'\\', 'a''b', n'x', B'1', X'1F'`, 'select ?, ?, ?, ?, ?, ?'],
    ['do $$ begin perform 1; end $$', 'do ?'],
    ['select $a$ x $b$ y $a$, a$b$c', 'select ?, a$b$c'],
    ["select 'a'\n  'b'", 'select ?'],
    ['select a::int::text, b :: numeric(10,2)', 'select a::int::text, b::numeric(?, ?)'],
    ["select interval '1 day', date '2020-01-01', '{1,2}'::int[]", 'select interval ?, date ?, ?::int[]'],
    ['select a[1:2], a[$1]', 'select a[? : ?], a[?]'],
    [
      "select a ->> 'x', b ? 'k', c ?| array['x','y'], d @> '{}'",
      'select a ->> ?, b ? ?, c ?| array[?], d @> ?',
    ],
    ['select * from t limit 10 offset 20', 'select * from t limit ? offset ?'],
    ['select a/*x*/+b -- end', 'select a + b'],
    ['select 1 /* traceid=4bf92f /* nested */ */', 'select ?'],
    ['/*+ hint */ select a<-1, a=-1, a||-b', 'select a < ?, a = ?, a ||- b'],
    ["set work_mem = '64MB'", 'set work_mem = ?'],
    ['set x to secretident', 'set x to secretident'],
    ["alter role joe password 'hunter2'", 'alter role joe password ?'],
    ["copy t from program 'curl -u a:b'", 'copy t from program ?'],
    [
      "create user mapping for a server s options (user 'u', password 'p')",
      'create user mapping for a server s options(user ?, password ?)',
    ],
    ['savepoint a1', 'savepoint ?'],
    ['release SAVEPOINT "a 1"', 'release savepoint ?'],
    ['rollback to savepoint a1', 'rollback to savepoint ?'],
    ['deallocate pdo_stmt_0001', 'deallocate ?'],
    ['deallocate all', 'deallocate all'],
    ['rollback', 'rollback'],
    ['select 1; select 2', 'select ?; select ?'],
    ['', ''],
    [' ; -- nothing', ''],
  ])('%s', (sql, expected) => {
    expect(normalize(sql)).toBe(expected);
  });

  test.each([
    ['select * from t where a in (1,2,3)', 'select * from t where a in (?)'],
    ['select * from t where a in ($1 /*, ... */)', 'select * from t where a in (?)'],
    ['select * from t where a in (1, b, 2)', 'select * from t where a in (?, b)'],
    ['select * from t where (a,b) in ((1,2),(3,4))', 'select * from t where (a, b) in ((?, ?))'],
    [
      'select * from t where a in (select b from u where c in (1,2))',
      'select * from t where a in (select b from u where c in (?))',
    ],
    [
      "insert into t(a,b) values (1,'x'),(2,null),(3,-4) returning a",
      'insert into t(a, b) values (?, ?) returning a',
    ],
    ['insert into t values (1,default),(2,3),(4,default)', 'insert into t values (?, default), (?, ?)'],
    ['select f(1,2), array[array[1,2],array[3,4]]', 'select f(?, ?), array[array[?]]'],
    ['values (1),(2) order by 1', 'values (?) order by ?'],
  ])('folds %s', (sql, expected) => {
    expect(normalize(sql)).toBe(expected);
  });

  test.each([
    ['select * from t where a in (1, 2, 3', 'select * from t where a in (?'],
    ['insert into t values (1, 2), (3,', 'insert into t values (?, ?)'],
    ["insert into t values (1, 'x'), (3, 'se", 'insert into t values (?, ?)'],
    ["select 'cut", 'select ?'],
    ['select /* cut', 'select'],
    ['select "cu', 'select "cu"'],
    ['select $x$ cut $x', 'select ?'],
  ])('cut: %s', (sql, expected) => {
    expect(normalize(sql)).toBe(expected);
  });

  it('keeps null and booleans that are not values', () => {
    const sql = 'select a is null, b is not null, c is true, d is not false, null, true, f(false)';
    expect(normalize(sql)).toBe('select a is null, b is not null, c is true, d is not false, ?, ?, f(?)');
  });

  it('tells what ended inside a literal, a name or a comment', () => {
    const texts = ["select 'a", 'select $$a', "select e'a\\'", 'select "a', 'select /* /* */'];
    expect(texts.map((sql) => normalizeSql(sql).unterminated)).toEqual([true, true, true, true, true]);
    expect(normalizeSql("select 'a' -- b").unterminated).toBe(false);
  });

  it('takes time in proportion to the text, whatever the text', () => {
    const pieces = [
      "'",
      '"',
      '$',
      '$a$',
      '/*',
      '--\n',
      '+',
      '- ',
      '(',
      'in (',
      '<>-',
      'a',
      '1',
      "e'\\",
      'values (1),',
      'in(1,',
    ];
    for (const piece of pieces) {
      const started = performance.now();
      normalize(piece.repeat(Math.ceil(200_000 / piece.length)));
      expect({ piece, slow: performance.now() - started > 20_000 }).toEqual({ piece, slow: false });
    }
  });
});

/** No piece of SQL around it holds these letters, so none may be left. */
const SECRET = 'zqj';
const content = fc
  .array(fc.constantFrom(SECRET, "''", '$', '/*', '*/', '--', '"', ' ', '\n', 'é', '界', '1', ','), {
    maxLength: 6,
  })
  .map((parts) => SECRET + parts.join(''));
const literal = fc.oneof(
  content.map((text) => `'${text}'`),
  content.map((text) => `E'${text.replaceAll("''", "\\'")}'`),
  content.map((text) => `U&'${text}'`),
  content.map((text) => `$q$${text}$q$`),
  content.map((text) => `/* ${text.replaceAll(/\/\*|\*\//g, '')} */ $1`),
  content.map((text) => `-- ${text.replaceAll('\n', '')}\n 5`),
  fc.constantFrom('1', '-2.5e10', '0x1F', '$3', 'null', 'true'),
);
const shape = fc.constantFrom(
  (a: string, b: string) => `select ${a}, x from t where y = ${b}`,
  (a: string, b: string) => `select * from "T" where a in (${a}, ${b}) and b::int > -1`,
  (a: string, b: string) => `insert into t(a, b) values (${a}, ${b}), (${b}, ${a}), (default, 1)`,
  (a: string, b: string) => `alter role joe password ${a} valid until ${b}`,
  (a: string, b: string) => `select array[${a}]::text[], f(${b}) - 1 ; select b ? ${a}`,
);
const statement = fc.tuple(shape, literal, literal).map(([build, a, b]) => build(a, b));
const noise = fc
  .array(
    fc.constantFrom(
      "'",
      '"',
      '$',
      '$a$',
      '/*',
      '*/',
      '--',
      '\n',
      ' ',
      'E',
      'U&',
      '\\',
      '1',
      '.',
      ':',
      '::',
      '=',
      '-',
      '+',
      '?',
      '(',
      ')',
      '[',
      ']',
      ',',
      ';',
      'in',
      'values',
      'array',
      'null',
      'is',
      'not',
      'select',
      'x',
      'é',
      '#',
      'savepoint',
      'release',
    ),
    { maxLength: 40 },
  )
  .chain((parts) => fc.constantFrom('', ' ').map((gap) => parts.join(gap)));

describe('normalizeSql, for any text', () => {
  it('keeps no literal', () => {
    fc.assert(
      fc.property(statement, (sql) => {
        expect(normalize(sql)).not.toContain('z');
      }),
      { numRuns: 500 },
    );
  });

  it('keeps no literal of a text cut at any place', () => {
    fc.assert(
      fc.property(statement, (sql) => {
        for (let length = 0; length <= sql.length; length += 1) {
          expect(normalize(sql.slice(0, length))).not.toContain('z');
        }
        const bytes = Buffer.from(sql);
        for (let length = 0; length <= bytes.length; length += 1) {
          expect(normalize(bytes.subarray(0, length).toString())).not.toContain('z');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.oneof(statement, noise, fc.string({ unit: 'binary' })), (sql) => {
        const once = normalize(sql);
        expect(normalize(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  it('writes one line', () => {
    fc.assert(
      fc.property(fc.oneof(statement, noise, fc.string({ unit: 'binary' })), (sql) => {
        expect(normalize(sql)).not.toMatch(/[\n\r]/);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on layout or the case of words', () => {
    const words = [
      'SELECT',
      'a',
      '+',
      'Count',
      '(',
      '*',
      ')',
      ',',
      'b',
      '::',
      'int',
      'FROM',
      't',
      'Where',
      'c',
      'IN',
      '(',
      '1',
      ',',
      '2',
      ')',
      'and',
      'd',
      '=',
      '$1',
    ];
    const gap = fc.constantFrom(' ', '\n', '\t', '  ', ' /* x */ ', ' -- y\n', '/*/* z */*/');
    fc.assert(
      fc.property(
        fc.array(gap, { minLength: words.length, maxLength: words.length }),
        fc.boolean(),
        (gaps, upper) => {
          const sql = words.map((word, i) => (upper ? word.toUpperCase() : word) + gaps[i]).join('');
          expect(normalize(sql)).toBe('select a + count(*), b::int from t where c in (?) and d = ?');
        },
      ),
    );
  });
});
