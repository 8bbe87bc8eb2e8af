import { expect, it } from 'vitest';
import { renderTempSettings } from './temp-settings.ts';

const limitOf = (limitBytes: number): string | undefined =>
  /^temp_file_limit = '(.*)'$/m.exec(renderTempSettings('local', limitBytes))?.[1];

it('bounds a session by what all may take, and by what PostgreSQL can keep', () => {
  expect(limitOf(64 * 1024 ** 2)).toBe('65536kB');
  expect(limitOf(2 * 1024 ** 4 - 1024)).toBe('2147483647kB');
  expect(limitOf(2 * 1024 ** 4)).toBe('2147483647kB');
  expect(limitOf(100_000 * 1024 ** 3)).toBe('2147483647kB');
});

it('says nothing of a limit where the data is', () => {
  const text = renderTempSettings('data', 1);
  expect(text).toContain("temp_tablespaces = ''");
  expect(text).not.toContain('temp_file_limit');
});
