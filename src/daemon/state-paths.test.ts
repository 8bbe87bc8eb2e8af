import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { controlSocketOf, defaultStateDir, tokenFileOf } from './state-paths.ts';

test('the state lies where such things lie, for root and for everybody else', () => {
  expect(defaultStateDir({ XDG_DATA_HOME: '/data' }, 0)).toBe('/var/lib/airglow');
  expect(defaultStateDir({ XDG_DATA_HOME: '/data' }, 1000)).toBe('/data/airglow');
  const usual = join(homedir(), '.local', 'share', 'airglow');
  expect(defaultStateDir({}, 1000)).toBe(usual);
  expect(defaultStateDir({ XDG_DATA_HOME: 'relative' }, 1000)).toBe(usual);
  expect(controlSocketOf('/srv/a/')).toBe('/srv/a/control.sock');
  expect(tokenFileOf('/srv/a')).toBe('/srv/a/token');
});
