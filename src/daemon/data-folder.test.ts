import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareDataFolder, readOrCreateToken, readToken } from './data-folder.ts';
import { readEndpoint, removeEndpoint, writeEndpoint } from './endpoint-file.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'airglow-data-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('a new folder is for its owner only, and so is an empty one that was not', async () => {
  await prepareDataFolder(join(root, 'a', 'b'));
  expect(await modeOf(join(root, 'a', 'b'))).toBe('700');
  await mkdir(join(root, 'open'));
  await chmod(join(root, 'open'), 0o755);
  await prepareDataFolder(join(root, 'open'));
  expect(await modeOf(join(root, 'open'))).toBe('700');
});

test('a folder that others read and that holds something is left alone', async () => {
  const folder = join(root, 'shared');
  await mkdir(folder);
  await writeFile(join(folder, 'letter'), 'x');
  await chmod(folder, 0o755);
  await expect(prepareDataFolder(folder)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('chmod 700') as string,
  });
  expect(await modeOf(folder)).toBe('755');
});

test('a file is no folder', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(prepareDataFolder(join(root, 'file'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('the token is made once, for its owner only', async () => {
  const folder = join(root, 'with-token');
  await prepareDataFolder(folder);
  expect(await readToken(folder)).toBeNull();
  const token = await readOrCreateToken(folder);
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(await modeOf(join(folder, 'token'))).toBe('600');
  await chmod(join(folder, 'token'), 0o644);
  expect(await readOrCreateToken(folder)).toBe(token);
  expect(await readToken(folder)).toBe(token);
  expect(await modeOf(join(folder, 'token'))).toBe('600');
});

test('a token file that is none is refused, not used', async () => {
  const folder = join(root, 'bad-token');
  await mkdir(folder);
  await writeFile(join(folder, 'token'), 'short\n');
  await expect(readOrCreateToken(folder)).rejects.toThrow(/delete it to get a new one/);
  await rm(join(folder, 'token'));
  await symlink('/etc/hostname', join(folder, 'token'));
  await expect(readOrCreateToken(folder)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('the endpoint file leads to a process that runs', async () => {
  const endpoint = { pid: process.pid, url: 'http://127.0.0.1:8642', startedAtMs: 1 };
  expect(await readEndpoint(root)).toBeNull();
  await writeEndpoint(root, endpoint);
  expect(await readEndpoint(root)).toEqual(endpoint);
  expect(await modeOf(join(root, 'endpoint.json'))).toBe('600');
  await writeEndpoint(root, { ...endpoint, pid: 2 ** 22 + 1 });
  expect(await readEndpoint(root)).toBeNull();
  await writeFile(join(root, 'endpoint.json'), '{"pid":');
  expect(await readEndpoint(root)).toBeNull();
  await removeEndpoint(root);
  await removeEndpoint(root);
});
