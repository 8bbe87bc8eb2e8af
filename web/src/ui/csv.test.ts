import { describe, expect, it } from 'vitest';
import { toCsv } from './csv.ts';

describe('a file of comma separated values', () => {
  it('quotes what needs it', () => {
    expect(
      toCsv([
        ['sql', 'aas'],
        ['select "a", b\nfrom t', 1.5],
        ['plain', null],
      ]),
    ).toBe('sql,aas\r\n"select ""a"", b\nfrom t",1.5\r\nplain,\r\n');
  });

  it('keeps texts from becoming formulas', () => {
    expect(toCsv([['=1+1', '-x', '@a', -3]])).toBe("'=1+1,'-x,'@a,-3\r\n");
  });
});
