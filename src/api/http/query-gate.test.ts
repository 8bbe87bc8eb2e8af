import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from './api-parts.ts';
import { QueryGate } from './query-gate.ts';

function openable() {
  let open: (value: string) => void = () => {};
  const promise = new Promise<string>((resolve) => (open = resolve));
  return { promise, open };
}

test('a few run, some wait for their turn, the rest is sent away', async () => {
  const gate = new QueryGate({ ...DEFAULT_LIMITS, runningQueries: 2, waitingQueries: 1 });
  const questions = [openable(), openable(), openable()];
  const started: number[] = [];
  const answers = questions.map((question, index) =>
    gate.run(() => {
      started.push(index);
      return question.promise;
    }),
  );
  await expect(gate.run(async () => 'never')).rejects.toMatchObject({ code: 'BUSY' });
  expect(started).toEqual([0, 1]);
  for (const question of questions) question.open('done');
  expect(await Promise.all(answers)).toEqual(['done', 'done', 'done']);
  expect(started).toEqual([0, 1, 2]);
  expect(await gate.run(async () => 'again')).toBe('again');
});

test('a failing question gives its place back', async () => {
  const gate = new QueryGate({ ...DEFAULT_LIMITS, runningQueries: 1 });
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(async () => 'yes')).toBe('yes');
});

test('a question that takes too long is answered so, and keeps its place until it is done', async () => {
  const gate = new QueryGate({ ...DEFAULT_LIMITS, runningQueries: 1, waitingQueries: 0, queryTimeoutMs: 20 });
  const slow = openable();
  await expect(gate.run(() => slow.promise)).rejects.toMatchObject({ code: 'NO_ANSWER' });
  await expect(gate.run(async () => 'next')).rejects.toMatchObject({ code: 'BUSY' });
  slow.open('late');
  await slow.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(await gate.run(async () => 'next')).toBe('next');
});
