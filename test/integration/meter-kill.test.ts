import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MeterState } from '../../src/capacity/meter.ts';
import { MeterFile } from '../../src/daemon/serverless/meter-file.ts';
import { readBootId, readBootMs } from '../../src/kernel/host-facts.ts';
import { waitFor } from '../kit/wait-for.ts';

const KILLS = 6;
/** A write is due every second; a slow machine may take longer. */
const MAY_BE_LOST_MS = 5000;

interface Told {
  readonly bootMs: number;
  readonly acu: number;
}

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airglow-meter-kill-'));
  path = join(folder, 'meter.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Has a process meter for a while and kills it. */
async function meterAndKill(
  longerMs: number,
): Promise<{ told: Told[]; isLastKept: boolean; seenMs: number }> {
  const script = join(import.meta.dirname, 'meter-child.ts');
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = once(child, 'close');
  try {
    await waitFor(() => output.includes('kept'), { what: 'the first capacity on disk' });
    await sleep(longerMs);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  const lines = output.split('\n').map((line) => line.split(' '));
  const isAbout = ([kind]: string[]): boolean => kind === 'told' || kind === 'kept';
  return {
    told: lines
      .filter(([kind]) => kind === 'told')
      .map(([, bootMs, acu]) => ({ bootMs: Number(bootMs), acu: Number(acu) })),
    isLastKept: lines.findLast(isAbout)?.[0] === 'kept',
    seenMs: Number(lines.findLast(([kind]) => kind === 'seen')?.[1] ?? 0),
  };
}

function integral(told: readonly Told[], untilMs: number): number {
  return told.reduce((sum, { bootMs, acu }, index) => {
    const endMs = Math.min(told[index + 1]?.bootMs ?? untilMs, untilMs);
    return sum + acu * Math.max(0, endMs - bootMs);
  }, 0);
}

const onDisk = (): MeterState => JSON.parse(readFileSync(path, 'utf8')) as MeterState;

it('killed at any moment it counts a database that lives on exactly, again and again', async () => {
  const told: Told[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const said = await meterAndKill(Math.random() * 800);
    told.push(...said.told);
    // A capacity that was told in the last moment is on disk or is not.
    if (!said.isLastKept && onDisk().inForce?.capacityAcu !== told.at(-1)!.acu) told.pop();
    const moment = { bootId: readBootId(), bootMs: readBootMs(), wallMs: Date.now() };
    const lines: string[] = [];
    const meter = await MeterFile.open(
      path,
      (line) => lines.push(line),
      () => moment,
    );
    await meter.resume(true);
    const { acuMs, runningMs } = meter.reading();
    expect(lines).toEqual([]);
    expect(acuMs).toBe(integral(told, moment.bootMs));
    expect(runningMs).toBe(moment.bootMs - told[0]!.bootMs);
    await meter.close();
  }
}, 180_000);

it('loses what came after the last write, where the database died too', async () => {
  const { told, seenMs } = await meterAndKill(1500);
  const writtenMs = onDisk().inForce!.bootMs;
  const lines: string[] = [];
  const meter = await MeterFile.open(path, (line) => lines.push(line));
  await meter.resume(false);
  expect(meter.reading().acuMs).toBe(integral(told, writtenMs));
  expect(seenMs - writtenMs).toBeLessThan(MAY_BE_LOST_MS);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/is not counted, because the database ended/);
}, 60_000);
