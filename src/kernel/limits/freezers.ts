import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AirglowError } from '../../errors.ts';
import type { ControlFiles } from './control-files.ts';
import { statNumber } from './control-stat.ts';
import type { FreezerControl } from './group-parts.ts';
import { refusal } from './refusal.ts';

const POLL_MS = 1;
/** Processes go on at once; only the word of it takes a moment. */
const THAW_TIMEOUT_MS = 2_000;

export function freezerV1(files: ControlFiles, folder: string): FreezerControl {
  const state = join(folder, 'freezer.state');
  return {
    ask: (frozen) => write(files, state, frozen ? 'FROZEN' : 'THAWED'),
    isFrozen: () => readIfThere(files, state).trim() === 'FROZEN',
  };
}

export function freezerV2(files: ControlFiles, folder: string): FreezerControl {
  const control = join(folder, 'cgroup.freeze');
  const events = join(folder, 'cgroup.events');
  return {
    ask: (frozen) => write(files, control, frozen ? '1' : '0'),
    isFrozen: () => statNumber(readIfThere(files, events), 'frozen') === 1,
  };
}

/** Raises FREEZE_FAILED after a time-out, with everything going on again. */
export async function freeze(freezer: FreezerControl, name: string, timeoutMs: number): Promise<void> {
  freezer.ask(true);
  if (await becomes(freezer, true, timeoutMs)) return;
  await thaw(freezer, name);
  throw new AirglowError(
    'FREEZE_FAILED',
    `The processes of ${name} did not stand still within ${timeoutMs} ms, so they go on: ` +
      'one of them waits for a disk or another device. Try again later.',
  );
}

/** Raises FREEZE_FAILED where they do not go on. */
export async function thaw(freezer: FreezerControl, name: string): Promise<void> {
  freezer.ask(false);
  if (await becomes(freezer, false, THAW_TIMEOUT_MS)) return;
  throw new AirglowError(
    'FREEZE_FAILED',
    `The processes of ${name} do not go on: a group above them is frozen, too. Thaw that one first.`,
  );
}

async function becomes(freezer: FreezerControl, frozen: boolean, timeoutMs: number): Promise<boolean> {
  const patienceEndsAt = performance.now() + timeoutMs;
  while (freezer.isFrozen() !== frozen) {
    if (performance.now() >= patienceEndsAt) return false;
    await sleep(POLL_MS);
  }
  return true;
}

function write(files: ControlFiles, path: string, text: string): void {
  try {
    // On the spot: to thaw is part of waking, and the pool may be busy evicting memory.
    files.writeNow(path, text);
  } catch (error) {
    throw refusal(files, path, text, error);
  }
}

function readIfThere(files: ControlFiles, path: string): string {
  try {
    return files.read(path);
  } catch {
    return '';
  }
}
