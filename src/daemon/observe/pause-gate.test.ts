import { expect, it } from 'vitest';
import { PauseGate } from './pause-gate.ts';

const never = new AbortController().signal;

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  const pending = Symbol('pending');
  await Promise.resolve();
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

it('lets pass until it is closed', async () => {
  const gate = new PauseGate();
  expect(await isSettled(gate.stand(never))).toBe(true);
  void gate.close();
  expect(await isSettled(gate.stand(never))).toBe(false);
});

it('says when somebody stands at it, and calls off what they wait for', async () => {
  const gate = new PauseGate();
  const { closing } = gate;
  const closed = gate.close();
  expect(closing.aborted).toBe(true);
  expect(await isSettled(closed)).toBe(false);
  const standing = gate.stand(never);
  await closed;
  await gate.close();
  gate.open();
  await standing;
  expect(gate.closing.aborted).toBe(false);
});

it('keeps nobody waiting who closed it when it opens before anybody came', async () => {
  const gate = new PauseGate();
  const closed = gate.close();
  gate.open();
  await closed;
  expect(gate.isClosed).toBe(false);
});

it('lets go whoever is told to stop', async () => {
  const gate = new PauseGate();
  void gate.close();
  const stopping = new AbortController();
  const standing = gate.stand(stopping.signal);
  stopping.abort();
  await standing;
  expect(gate.isClosed).toBe(true);
});
