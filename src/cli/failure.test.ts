import { describe, expect, it } from 'vitest';
import { AirglowError } from '../errors.ts';
import { describeFailure } from './failure.ts';

describe('describeFailure', () => {
  it('is one line with the code, and 2 for what the user typed', () => {
    const failure = describeFailure(new AirglowError('INVALID_URL', 'that is no URL'), false);
    expect(failure).toEqual({ lines: ['airglow: that is no URL (INVALID_URL)'], exitCode: 2 });
  });

  it('is 1 for what went wrong on the way', () => {
    expect(describeFailure(new AirglowError('DATABASE_UNREACHABLE', 'nobody answers'), false).exitCode).toBe(
      1,
    );
  });

  it('shows the stack only when asked', () => {
    const error = new Error('oops');
    expect(describeFailure(error, false).lines.join('\n')).not.toContain('at ');
    expect(describeFailure(error, true).lines.join('\n')).toContain('failure.test.ts');
  });

  it('never repeats a password', () => {
    const error = new Error('cannot parse postgres://app:hunter2@db1/shop');
    for (const debug of [false, true])
      expect(describeFailure(error, debug).lines.join('\n')).not.toContain('hunter2');
  });
});
