import { describe, expect, it } from 'vitest';
import { clean, cut, fit, fitRight, width, wrap } from './text.ts';

describe('clean', () => {
  it('keeps a statement from steering the terminal', () => {
    expect(clean('select \u001b[2J\u001b]0;owned\u0007 1')).toBe('select [2J ]0;owned 1');
  });

  it('makes one line of several', () => {
    expect(clean('select 1\r\n\tfrom   t\u2028where x')).toBe('select 1 from t where x');
  });

  it('takes out marks that turn the direction of text', () => {
    expect(clean('user\u202Eresu')).toBe('user resu');
  });
});

describe('fitting text into columns', () => {
  it('counts wide characters as two columns', () => {
    expect(width('表')).toBe(2);
    expect(cut('表表表', 5)).toBe('表表…');
    expect(width(fit('表表表', 4))).toBe(4);
  });

  it('cuts with an ellipsis and pads to the exact width', () => {
    expect(cut('orders', 4)).toBe('ord…');
    expect(fit('ab', 4)).toBe('ab  ');
    expect(fitRight('ab', 4)).toBe('  ab');
    expect(cut('anything', 0)).toBe('');
  });

  it('wraps at spaces', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  });
});
