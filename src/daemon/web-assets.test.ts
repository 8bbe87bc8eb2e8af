import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadWebAssets } from './web-assets.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-web-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('files are found by their path and no other, also after they have changed', async () => {
  const web = join(folder, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(folder, 'token'), 'secret');
  await symlink(join(folder, 'token'), join(web, 'link.txt'));
  await writeFile(join(web, 'index.html'), '<!doctype html>');
  const script = 'export const x = 1;\n'.repeat(200);
  await writeFile(join(web, 'assets', 'app-1.js'), script);
  await writeFile(join(web, 'assets', 'x.png'), Buffer.alloc(5000));
  const assets = await loadWebAssets(web);
  await rm(web, { recursive: true });

  const app = assets.find('/assets/app-1.js')!;
  expect(Buffer.from(app.content).toString()).toBe(script);
  expect(app.contentType).toBe('text/javascript; charset=utf-8');
  expect(app.hash).toMatch(/^[0-9a-f]{32}$/);
  expect(brotliDecompressSync((await app.encoded('br'))!).toString()).toBe(script);
  expect(gunzipSync((await app.encoded('gzip'))!).toString()).toBe(script);
  expect(app.encoded('br')).toBe(app.encoded('br'));

  expect(assets.index).toBe(assets.find('/index.html'));
  // Small, and compressed already.
  expect(await assets.index!.encoded('br')).toBeNull();
  expect(await assets.find('/assets/x.png')!.encoded('gzip')).toBeNull();
  for (const path of [
    '/assets/../../token',
    '/../token',
    '/link.txt',
    '/assets',
    '',
    '/__proto__',
    'index.html',
  ]) {
    expect({ path, found: assets.find(path) }).toEqual({ path, found: null });
  }
});

test('where there is no such folder there are none', async () => {
  const assets = await loadWebAssets(join(folder, 'none'));
  expect([assets.index, assets.find('/index.html')]).toEqual([null, null]);
});
