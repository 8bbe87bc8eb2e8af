import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { processIdentity } from './process-identity.ts';

it('is the same at every look, and another for another process', () => {
  expect(processIdentity(process.pid)).toMatch(/\d/);
  expect(processIdentity(process.pid)).toBe(processIdentity(process.pid));
  expect(processIdentity(process.ppid)).not.toBe(processIdentity(process.pid));
});

it('ends with the process, also while nobody has taken note of its death', async () => {
  // The shell's child ends at once, and `exec` leaves a program that never waits for it: a zombie.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(String(line));
    expect(zombie).toBeGreaterThan(0);
    await expect.poll(() => processIdentity(zombie), { timeout: 20_000 }).toBeNull();
  } finally {
    const gone = once(parent, 'exit');
    parent.kill();
    await gone;
  }
  expect(processIdentity(parent.pid ?? 0)).toBeNull();
}, 30_000);
