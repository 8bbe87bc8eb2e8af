import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findFiles, hasPermanent, ownerOf, readTempUse } from './temp-files.ts';

describe('the owner of a file', () => {
  it.each([
    ['pgsql_tmp/pgsql_tmp123.0', { kind: 'spill', pid: 123 }],
    ['pgsql_tmp/pgsql_tmp123.4.sharedfileset/0.0', { kind: 'spill', pid: 123 }],
    ['pgsql_tmp/pgsql_tmp123.0.fileset/i1of4.p0.0', { kind: 'spill', pid: 123 }],
    ['5/t3_16400', { kind: 'relation', backend: 3 }],
    ['5/t0_16400_fsm', { kind: 'relation', backend: 0 }],
    ['5/t12_16400.1', { kind: 'relation', backend: 12 }],
    ['5/16400', { kind: 'permanent', database: 5 }],
    ['5/16400.2', { kind: 'permanent', database: 5 }],
    ['5/16400_init', { kind: 'permanent', database: 5 }],
    ['5/PG_VERSION', { kind: 'database', database: 5 }],
    ['5/pg_filenode.map', { kind: 'other' }],
    ['pgsql_tmp/what', { kind: 'other' }],
    ['what/16400', { kind: 'other' }],
    ['what', { kind: 'other' }],
  ])('%s', (path, owner) => {
    expect(ownerOf(path)).toEqual(owner);
  });
});

describe('what is in a tablespace', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'airglow-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function put(path: string, bytes: number): Promise<void> {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), Buffer.alloc(bytes, 1));
  }

  it('is summed by who has it', async () => {
    await put('pgsql_tmp/pgsql_tmp7.0', 8192);
    await put('pgsql_tmp/pgsql_tmp7.1.fileset/o1.p0.0', 4096);
    await put('5/t3_16400', 4096);
    await put('6/t3_16400', 4096);
    const use = await readTempUse(folder);
    expect([...use.spills]).toEqual([[7, 12_288]]);
    expect([...use.relations]).toEqual([[3, 8192]]);
    expect(use).toMatchObject({ bytes: 20_480, files: 4 });
    expect(hasPermanent(use)).toBe(false);
    await put('6/16401', 0);
    expect([...(await readTempUse(folder)).permanent]).toEqual([6]);
    expect(hasPermanent(await readTempUse(folder))).toBe(true);
  });

  it('is nothing where there is no folder, and links lead nowhere', async () => {
    expect(await readTempUse(join(folder, 'none'))).toMatchObject({ bytes: 0, files: 0 });
    await symlink('/usr', join(folder, '5'));
    expect(await readTempUse(folder)).toMatchObject({ bytes: 0, files: 0 });
    await symlink('/usr/bin', join(folder, 'PG_18_1'));
    expect(await readTempUse(join(folder, 'PG_18_1'))).toMatchObject({ files: 0 });
  });

  it('is found by kind and age', async () => {
    await put('5/16400', 10);
    await put('5/16401', 10);
    await utimes(join(folder, '5/16400'), 1000, 1000);
    const found = await findFiles(folder, ({ kind }) => kind === 'permanent', 2_000_000);
    expect(found).toEqual([join(folder, '5/16400')]);
  });
});
