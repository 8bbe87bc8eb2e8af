import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { RunnableCounter } from './runnable.ts';

const PATIENCE = { timeout: 20_000, interval: 10 };
const counter = new RunnableCounter();
let children: ChildProcess[] = [];

afterEach(async () => {
  counter.close();
  for (const child of children) await end(child);
  children = [];
});

function start(script: string): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  children.push(child);
  return child as ChildProcess & { pid: number };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe.skipIf(!existsSync('/proc/self/stat'))('processes that could run', () => {
  it('are counted whether or not they have a processor, and those that sleep are not', async () => {
    const spinning = [start('for (;;);'), start('for (;;);'), start('for (;;);')].map(({ pid }) => pid);
    const sleeping = start('setTimeout(() => {}, 1e8)').pid;
    // More than there are processors, perhaps; each is seen in state R all the same.
    await expect.poll(() => counter.count([...spinning, sleeping]), PATIENCE).toBe(3);
    await expect.poll(() => counter.count([sleeping]), PATIENCE).toBe(0);
    expect(counter.count([])).toBe(0);
  });

  it('are forgotten when they are gone, or nobody asks for them any more', async () => {
    const [first, second] = [start('for (;;);'), start('for (;;);')] as const;
    const before = openDescriptors();
    await expect.poll(() => counter.count([first.pid, second.pid]), PATIENCE).toBe(2);
    const kept = openDescriptors();
    expect(kept).toBeGreaterThan(before);
    await end(first);
    expect(counter.count([first.pid, second.pid])).toBe(1);
    expect(openDescriptors()).toBeLessThan(kept);
    expect(counter.count([first.pid])).toBe(0);
    expect(openDescriptors()).toBe(before);
    expect(counter.count([second.pid])).toBe(1);
    counter.close();
    expect(openDescriptors()).toBe(before);
  });
});
