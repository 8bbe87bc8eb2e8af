import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import { aSample, aTick, START } from '../../src/history/history-data.conformance.ts';
import { openDuckDbHistory } from '../../src/history/duckdb/duckdb-history.ts';
import type { History } from '../../src/history/history.ts';
import { waitFor } from '../kit/wait-for.ts';

const SIZE_MB = 12;
let disk: string;
let isMounted = false;

beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'airglow-small-disk-'));
});
afterEach(() => {
  if (isMounted) execFileSync('umount', ['-l', disk]);
  isMounted = false;
  rmSync(disk, { recursive: true, force: true });
});

function mountSmallDisk(context: TestContext): void {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', disk], { stdio: 'pipe' });
    isMounted = true;
  } catch (error) {
    context.skip(`a small file system cannot be mounted here: ${String(error)}`);
  }
}

function fill(leaveBytes: number): string {
  const path = join(disk, 'ballast');
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(disk);
      const free = bavail * bsize - leaveBytes;
      if (free <= 0) return path;
      appendFileSync(path, Buffer.alloc(Math.min(free, 65_536), 1));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    return path;
  }
}

/** Ticks that hardly compress, from the given second on. */
function ticksFrom(second: number, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const samples = Array.from({ length: 40 }, (__, s) =>
      aSample(
        { 'db.sql_tokenized': `${(second + index) * 7919 + s * 104_729}`.padEnd(16, 'x') },
        1 + ((index * 31 + s) % 1000),
      ),
    );
    return aTick(START + (second + index) * 1000, samples);
  });
}

async function coveredSeconds(history: History): Promise<number> {
  const window = { target: 'shop', fromMs: START, toMs: START + 86_400_000 };
  return (await history.top({ ...window, groupBy: 'db.user' })).coveredMs / 1000;
}

it.for([
  { what: 'no room at all', leaveBytes: 0 },
  { what: 'room for a log, not for a checkpoint', leaveBytes: 1_500_000 },
])(
  'stops on a full disk and resumes by itself ($what)',
  { timeout: 180_000 },
  async ({ leaveBytes }, context) => {
    mountSmallDisk(context);
    const options = { directory: join(disk, 'history'), flushIntervalMs: 100 };
    const history = await openDuckDbHistory(options);
    try {
      await history.appendTicks('shop', ticksFrom(0, 100));
      await history.flush();
      const ballast = fill(leaveBytes);
      let second = 100;
      await waitFor(
        async () => {
          await history.appendTicks('shop', ticksFrom(second, 10));
          second += 10;
          return history.health().status === 'full';
        },
        { what: 'a full disk', timeoutMs: 60_000, pollMs: 10 },
      );
      expect(history.health().message).toMatch(/full/);
      const readable = await coveredSeconds(history);
      expect(readable).toBeGreaterThanOrEqual(100);

      const lostBefore = history.health().lostTicks;
      await history.appendTicks('shop', ticksFrom(second, 5));
      expect(history.health().lostTicks).toBe(lostBefore + 5);
      await expect(history.flush()).rejects.toMatchObject({ code: 'STORE_FULL' });

      rmSync(ballast);
      await waitFor(() => history.health().status === 'recording', { what: 'recording', timeoutMs: 60_000 });
      const lost = history.health().lostTicks;
      const resumedAt = second + 5;
      await history.appendTicks('shop', ticksFrom(resumedAt, 7));
      await history.flush();
      // Everything that was accepted is there, and what was dropped was counted.
      expect(await coveredSeconds(history)).toBe(resumedAt + 7 - lost);
    } finally {
      await history.close();
    }
    const again = await openDuckDbHistory(options);
    try {
      expect(again.health().message).toBe('recording');
      expect(await coveredSeconds(again)).toBeGreaterThanOrEqual(107);
    } finally {
      await again.close();
    }
  },
);
