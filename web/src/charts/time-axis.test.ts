import { describe, expect, it } from 'vitest';
import { axisTimes } from './time-axis.ts';

const AT = Date.UTC(2026, 10, 22, 23, 59, 30) / 1000;

describe('the words of a time axis', () => {
  it('say the day once, and again when it changes', () => {
    expect(axisTimes([AT, AT + 30, AT + 60], 30, 'UTC')).toEqual([
      '23:59:30\n11-22',
      '00:00:00\n11-23',
      '00:00:30',
    ]);
  });

  it('have no seconds where these say nothing', () => {
    expect(axisTimes([AT + 30, AT + 3630], 3600, 'UTC')).toEqual(['00:00\n11-23', '01:00']);
  });

  it('are days where the steps are days, in the zone of whoever looks', () => {
    expect(axisTimes([AT, AT + 86_400], 86_400, 'Asia/Kolkata')).toEqual(['11-23', '11-24']);
  });
});
