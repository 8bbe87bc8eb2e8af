import { describe, expect, it } from 'vitest';
import { paint, span, spread, type Hue } from './paint.ts';

const RED: Hue = { c256: 160, c16: 31 };

describe('paint', () => {
  it('writes no escape code without colour', () => {
    expect(paint([span('a', { fg: RED, bold: true }), span('b')], 10, 0)).toBe('ab');
  });

  it('uses the palette that the terminal has', () => {
    expect(paint([span('a', { fg: RED, bg: RED })], 10, 8)).toBe('\u001b[0;38;5;160;48;5;160ma\u001b[0m');
    expect(paint([span('a', { fg: RED, bg: RED })], 10, 4)).toBe('\u001b[0;31;41ma\u001b[0m');
  });

  it('switches only where the ink changes', () => {
    const line = [span('a', { bold: true }), span('b', { bold: true }), span('c')];
    expect(paint(line, 10, 8)).toBe('\u001b[0;1mab\u001b[0mc');
  });

  it('never gets wider than the terminal', () => {
    expect(paint([span('abc'), span('def')], 4, 0)).toBe('abcd');
    expect(paint([span('a表')], 2, 0)).toBe('a');
  });
});

describe('spread', () => {
  it('takes the first right part that fits', () => {
    const rights = [[span('a long right part')], [span('short')]];
    expect(paint(spread([span('left')], rights, 12), 12, 0)).toBe('left   short');
  });
});
