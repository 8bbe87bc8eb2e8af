import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MeterFile } from '../../src/daemon/serverless/meter-file.ts';

let disk: string;
let isMounted = false;

beforeEach((ctx) => {
  disk = mkdtempSync(join(tmpdir(), 'airglow-meter-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'pipe' });
    isMounted = true;
  } catch (error) {
    ctx.skip(`a small file system cannot be mounted here: ${String(error)}`);
  }
});
afterEach(() => {
  if (isMounted) execFileSync('umount', ['-l', disk]);
  isMounted = false;
  rmSync(disk, { recursive: true, force: true });
});

it('goes on in memory while the disk is full, says so once, and catches up', async () => {
  const lines: string[] = [];
  let bootMs = 0;
  const now = () => ({ bootId: 'boot', bootMs, wallMs: Date.UTC(2026, 10, 22) + bootMs });
  const path = join(disk, 'meter.json');
  const open = () => MeterFile.open(path, (line) => lines.push(line), now);
  const meter = await open();
  const tell = async (): Promise<void> => {
    bootMs += 1000;
    meter.advance({ capacityAcu: 4, maxAcu: 8, running: true });
    await meter.flush();
  };
  await tell();
  await tell();

  const ballast = join(disk, 'ballast');
  expect(() => writeFileSync(ballast, Buffer.alloc(200_000))).toThrow(/ENOSPC/);
  for (let second = 0; second < 5; second++) await tell();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/cannot be written: ENOSPC.*goes on in memory.*Free some space/);
  expect(meter.reading().acuMs).toBe(4 * 6000);
  // What was on disk is still whole.
  expect((await open()).reading().acuMs).toBe(4 * 1000);

  rmSync(ballast);
  await tell();
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/on disk again/);
  expect((await open()).reading().acuMs).toBe(4 * 7000);
});
