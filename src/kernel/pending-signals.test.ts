import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasPendingSignal, pendingOrders } from './pending-signals.ts';

const status = (thread: string, shared: string): string =>
  `Name:\tpostgres\nThreads:\t1\nSigQ:\t1/62000\nSigPnd:\t${thread}\nShdPnd:\t${shared}\nSigBlk:\t0000000000400000\n`;
const NONE = '0000000000000000';

describe('what waits for a process', () => {
  it.each([
    ['SIGHUP', NONE, '0000000000000001'],
    ['SIGTERM', NONE, '0000000000004000'],
    ['SIGKILL, which the kernel gives to each thread', '0000000000000100', NONE],
  ])('is an order: %s', (_, thread, shared) => {
    expect(pendingOrders(status(thread, shared))).toBe(true);
  });

  it.each([
    ['nothing', NONE],
    ['SIGCHLD', '0000000000010000'],
    ['SIGURG, by which a server wakes itself', '0000000000400000'],
  ])('is none: %s', (_, shared) => {
    expect(pendingOrders(status(NONE, shared))).toBe(false);
  });

  it('is nothing where there is nobody', () => {
    expect(pendingOrders('')).toBe(false);
    expect(hasPendingSignal(0x7fff_fffe)).toBe(false);
  });

  it('is seen of a process that stands still', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    try {
      child.kill('SIGSTOP');
      expect(hasPendingSignal(pid)).toBe(false);
      child.kill('SIGTERM');
      expect(hasPendingSignal(pid)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
