import { describe, expect, it } from 'vitest';
import type { HostTierStatus } from '../../daemon/fleet.ts';
import { width } from '../terminal/text.ts';
import { renderConsequences, renderHostTier } from './host-tier-report.ts';

const GIB = 1024 ** 3;
const PLAIN = { width: 80, color: 0 } as const;
const OFF: HostTierStatus = {
  state: 'off',
  reason: null,
  path: null,
  sizeBytes: 0,
  usedBytes: 0,
  promisedBytes: 0,
  users: [],
  otherSwap: [],
  keptOut: ['Everybody else is kept out.'],
  consequences: [
    'A swap file takes the whole size on the disk at once.',
    'vm.swappiness of the host becomes 0.',
  ],
};
const ON: HostTierStatus = {
  ...OFF,
  state: 'on',
  path: '/mnt/nvme',
  sizeBytes: 64 * GIB,
  usedBytes: 3.5 * GIB,
  promisedBytes: 20 * GIB,
  users: [
    { name: 'shop', sizeBytes: 16 * GIB, usedBytes: 3.5 * GIB },
    { name: 'crm', sizeBytes: 4 * GIB, usedBytes: 0 },
  ],
  otherSwap: [{ path: '/dev/vda2', sizeBytes: 2 * GIB, usedBytes: 0 }],
};

describe('the printed status', () => {
  it('says where it is, who has how much of it and who is kept out', () => {
    expect(renderHostTier(ON, PLAIN)).toEqual([
      'tiered cache of this host',
      '  status        on',
      '  place         /mnt/nvme, 64 GiB',
      '  used          3.5 GiB of 64 GiB',
      '  promised      20 GiB: shop 16 GiB (3.5 GiB used), crm 4 GiB (0 B used)',
      '  other swap    /dev/vda2, 0 B of 2 GiB used',
      '  kept out      Everybody else is kept out.',
    ]);
  });

  it('says what switching it on would mean while it is off', () => {
    expect(renderHostTier(OFF, PLAIN)).toEqual([
      'tiered cache of this host',
      '  status        off',
      '  kept out      Everybody else is kept out.',
      '  switched on   A swap file takes the whole size on the disk at once.',
      '                vm.swappiness of the host becomes 0.',
    ]);
  });

  it('says why it is lost, and what databases wait for', () => {
    const lost: HostTierStatus = { ...ON, state: 'lost', reason: 'the disk is gone', sizeBytes: 0 };
    const lines = renderHostTier(lost, PLAIN);
    expect(lines[1]).toBe('  status        lost: the disk is gone');
    expect(lines[2]).toBe('  place         /mnt/nvme');
    expect(lines.join('\n')).toContain('promised      20 GiB: shop');
  });

  it('fits its width and lets no name paint the terminal', () => {
    const odd: HostTierStatus = { ...ON, path: '/mnt/\u001b[31mred', keptOut: ['word '.repeat(60).trim()] };
    const lines = renderHostTier(odd, { ...PLAIN, width: 60 });
    expect(lines.every((line) => width(line) <= 60)).toBe(true);
    expect(lines.join('')).not.toContain('\u001b');
  });
});

it('what is asked about names the place, the size and every consequence', () => {
  const lines = renderConsequences({ path: '/mnt/nvme', sizeBytes: 64 * GIB }, OFF, 80);
  expect(lines).toEqual([
    'A tiered cache of 64 GiB in /mnt/nvme changes this for the whole host:',
    '- A swap file takes the whole size on the disk at once.',
    '- vm.swappiness of the host becomes 0.',
  ]);
});
