import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../test/kit/wait-for.ts';
import { openInBrowser } from './browser.ts';

const ADDRESS = 'http://127.0.0.1:8642/db/shop?from=1&token=secret-token';
let folder: string;
const path = process.env['PATH'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-browser-'));
  for (const name of ['xdg-open', 'open']) {
    await writeFile(join(folder, name), `#!/bin/sh\necho "$@" > "${folder}/arguments"\n`);
    await chmod(join(folder, name), 0o755);
  }
  process.env['PATH'] = `${folder}:${path ?? ''}`;
});

afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

it('gives the browser a file that only its owner reads, and keeps the token out of its arguments', async () => {
  expect(await openInBrowser(ADDRESS, folder, { DISPLAY: ':0' })).toBeNull();
  const given = await waitFor(async () => await readFile(join(folder, 'arguments'), 'utf8').catch(() => ''), {
    what: 'the browser',
  });
  expect(given).not.toContain('secret');
  const file = fileURLToPath(given.trim());
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(`0; url=${ADDRESS.replace('&', '&amp;')}"`);
});

it.runIf(process.platform === 'linux')(
  'says why where there is no display or no way to open it',
  async () => {
    expect(await openInBrowser(ADDRESS, folder, {})).toBe('there is no display here');
    process.env['PATH'] = join(folder, 'none');
    expect(await openInBrowser(ADDRESS, folder, { DISPLAY: ':0' })).toMatch(/^xdg-open: .*ENOENT/);
  },
);
