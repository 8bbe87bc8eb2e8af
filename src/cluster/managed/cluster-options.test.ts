import { expect, it } from 'vitest';
import { checkTempSpace } from './cluster-options.ts';

it('temporary space without local storage is refused, with the way out', () => {
  expect(() => checkTempSpace(1024 ** 3, null)).toThrowError(
    expect.objectContaining({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('--local-storage FOLDER'),
    }),
  );
  expect(() => checkTempSpace(1024 ** 3, '/mnt/nvme')).not.toThrow();
  expect(() => checkTempSpace(null, null)).not.toThrow();
});
