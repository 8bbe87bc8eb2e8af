import { expect, it } from 'vitest';
import { AirglowError } from '../../errors.ts';
import type { ResourceGroup } from '../../kernel/limits/resource-group.ts';
import { giveBackAll } from './give-back.ts';

const MIB = 1024 ** 2;

/** Each reclaim leaves so much; the last one goes on. */
function groupOf(left: readonly number[], awakeAfter = Number.POSITIVE_INFINITY) {
  let rounds = 0;
  const group = {
    reclaim: async () => {
      rounds++;
      if (rounds % 2 === 0) throw new AirglowError('LIMIT_REFUSED', 'as far as it goes');
    },
    memoryAccount: () => ({ usageBytes: (left[Math.min(rounds, left.length) - 1] ?? 0) * MIB }),
    isFrozen: () => rounds < awakeAfter,
  } as unknown as ResourceGroup;
  return { group, rounds: () => rounds };
}

it('goes on after the kernel ended early, until nothing more goes', async () => {
  const { group, rounds } = groupOf([500, 400, 400, 100, 5]);
  await giveBackAll(group);
  expect(rounds()).toBe(5 + 3);
});

it('stops when it is woken', async () => {
  const { group, rounds } = groupOf([500, 400, 300, 200, 100], 2);
  await giveBackAll(group);
  expect(rounds()).toBe(2);
});

it('stops when there is nothing left, or the group is gone', async () => {
  const { group, rounds } = groupOf([0]);
  await giveBackAll(group);
  expect(rounds()).toBe(1);
});
