import { appendFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundLog, logLines } from './server-log.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-log-'));
  path = join(folder, 'server.log');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("a server's log", () => {
  it('keeps its last lines, while the server goes on writing', async () => {
    const server = await open(path, 'a');
    try {
      for (let i = 0; i < 1000; i++) await server.write(`line ${i}\n`);
      await boundLog(path, 100_000, 1000);
      expect(await logLines(path, 2000)).toHaveLength(1000);
      await boundLog(path, 5000, 1000);
      await server.write('one more\n');
    } finally {
      await server.close();
    }
    const text = await readFile(path, 'utf8');
    expect(text.length).toBeLessThan(1100);
    expect(text).toMatch(/^line \d+\n/);
    expect(text).toMatch(/line 999\none more\n$/);
    expect(text).not.toContain('\0');
  });

  it('tells as many lines as are asked for', async () => {
    await appendFile(path, 'a\nb\nc\n');
    expect(await logLines(path, 2)).toEqual(['b', 'c']);
    expect(await logLines(path, 0)).toEqual([]);
    expect(await logLines(join(folder, 'none'), 5)).toEqual([]);
  });
});
