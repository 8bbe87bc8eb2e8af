import { describe, expect, it } from 'vitest';
import { isAreaOf, parseSwaps } from './swap-areas.ts';

const HEAD = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';

describe('the areas in /proc/swaps', () => {
  it('have sizes in bytes and whole paths', () => {
    const text =
      `${HEAD}/dev/nvme0n1p2                          partition\t8388604\t1024\t-2\n` +
      '/mnt/very/long/path/that/needs/more/than/its/column/airglow-tier.swap file\t\t262144\t\t1064\t\t32767\n';
    expect(parseSwaps(text)).toEqual([
      { path: '/dev/nvme0n1p2', sizeBytes: 8_388_604 * 1024, usedBytes: 1024 ** 2, priority: -2 },
      {
        path: '/mnt/very/long/path/that/needs/more/than/its/column/airglow-tier.swap',
        sizeBytes: 256 * 1024 ** 2,
        usedBytes: 1064 * 1024,
        priority: 32_767,
      },
    ]);
  });

  it('may have blanks and letters of any language in their names, and may be removed meanwhile', () => {
    const name = Buffer.from('/mnt/schnelle\\040Größe/airglow-tier.swap\\040(deleted)', 'utf8').toString(
      'latin1',
    );
    const [area] = parseSwaps(`${HEAD}${name} file\t\t100\t\t0\t\t5\n`);
    expect(area?.path).toBe('/mnt/schnelle Größe/airglow-tier.swap (deleted)');
    expect(isAreaOf(area!, '/mnt/schnelle Größe/airglow-tier.swap')).toBe(true);
    expect(isAreaOf(area!, '/mnt/schnelle')).toBe(false);
  });

  it('are none where the list is empty', () => {
    expect(parseSwaps(HEAD)).toEqual([]);
    expect(parseSwaps('')).toEqual([]);
  });
});
