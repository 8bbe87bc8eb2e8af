import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Gate } from './gate.ts';

it('lets many pass together, and one alone in the order of arrival', async () => {
  const gate = new Gate();
  let together = 0;
  let most = 0;
  let isAlone = false;
  const order: string[] = [];
  const shared = (name: string) =>
    gate.together(async () => {
      expect(isAlone).toBe(false);
      most = Math.max(most, ++together);
      await sleep(5);
      order.push(name);
      together--;
    });
  const alone = (name: string) =>
    gate.alone(async () => {
      expect([together, isAlone]).toEqual([0, false]);
      isAlone = true;
      await sleep(5);
      order.push(name);
      isAlone = false;
    });
  await Promise.all([shared('a'), shared('b'), alone('c'), shared('d'), alone('e'), alone('f'), shared('g')]);
  expect(most).toBe(2);
  expect(order).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
});

it('opens again after a failure', async () => {
  const gate = new Gate();
  await expect(gate.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(gate.together(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.alone(() => Promise.resolve(1))).toBe(1);
});
