import { readText } from './process-reader.ts';

/** By which somebody wants something of a server: HUP, INT, QUIT, KILL, USR1, TERM. What it tells itself is not among them. */
const ORDERS = [1, 2, 3, 9, 10, 15].reduce((mask, signal) => mask | (1n << BigInt(signal - 1)), 0n);

/** Whether a process was signalled and has not acted on it; a frozen one cannot. False where it is gone. */
export function hasPendingSignal(pid: number): boolean {
  return pendingOrders(readText(`/proc/${pid}/status`) ?? '');
}

/** Of the text of `/proc/PID/status`: what waits for the thread, and what waits for the whole process. */
export function pendingOrders(status: string): boolean {
  return [...status.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)].some(
    ([, mask]) => (BigInt(`0x${mask}`) & ORDERS) !== 0n,
  );
}
