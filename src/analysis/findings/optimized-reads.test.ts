import { describe, expect, it } from 'vitest';
import { analyse } from '../analyse.ts';
import {
  capacityRecord,
  counters,
  during,
  kindsOf,
  scene,
  secondsOf,
  series,
  valueOf,
} from '../input-fixture.ts';
import type { AnalysisInput } from '../input.ts';
import { waitsForReads } from './io.ts';
import { optimizedReads } from './optimized-reads.ts';
import { temporaryFiles } from './temporary-files.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** For 200 s four sessions wait for 4000 pages a second, all read again, while shared buffers missed 4000 blocks. */
const FIGURES = {
  refaultBytesPerSecond: 4000 * 4096,
  storagePagesPerSecond: 4000,
  blksRead: 4000,
  blksHit: 40_000,
  unevictableBytes: 0.5 * GIB,
  cacheBytes: GIB,
};

function reading(figures: Partial<Parameters<typeof counters>[0]> = {}, change: Partial<AnalysisInput> = {}) {
  return scene({
    waits: series({
      'CPU:Running': 0.3,
      'IO:DataFileRead': during(100, 300, 3),
      'IO:PageFault': during(100, 300, 1),
    }),
    capacity: capacityRecord([]),
    counters: counters({ ...FIGURES, ...figures }),
    ...change,
  });
}

describe('a second cache tier', () => {
  it('is advised where most waits for reads are for pages that it would hold', () => {
    const [found, ...others] = optimizedReads(reading());
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'optimized-reads', severity: 'medium' });
    // 4000 pages a second at 0.15 ms make 0.6 sessions; at the ends of the part fewer waited than four.
    expect(found?.title).toMatch(
      /^A second cache tier on local NVMe would take 3\.2\d? of 3\.8\d? waiting sessions off storage$/,
    );
    expect(valueOf(found!, 'read again')).toBe('100 % of the pages that came from storage');
    expect(valueOf(found!, 'working set')).toBe('about 2 GiB');
    expect(valueOf(found!, 'makes no difference')).toBe('with 2.5 GiB of memory');
    expect(found?.advice).toEqual([
      expect.stringMatching(/: airglow host tiered-cache enable --path FOLDER --size 2$/),
      expect.stringMatching(/: airglow cluster modify shop --tiered-cache 2$/),
    ]);
    const [from, to] = secondsOf(found!);
    expect(from).toBeLessThanOrEqual(100);
    expect(to).toBeGreaterThanOrEqual(300);
    expect(kindsOf(analyse(reading()).findings)).toContain('optimized-reads');
  });

  it('is not advised for databases of others, nor where one is on', () => {
    expect(optimizedReads(reading({}, { capacity: null }))).toEqual([]);
    expect(optimizedReads(reading({ tierSizeBytes: 4 * GIB }))).toEqual([]);
  });

  it.each([
    {
      what: 'pages that had not been in memory',
      figures: { refaultBytesPerSecond: 400 * 4096 },
      says: '10 % of the reads',
    },
    {
      what: 'storage that is fast',
      figures: { storagePagesPerSecond: 20_000, refaultBytesPerSecond: 20_000 * 4096, blksRead: 20_000 },
      says: '0.19 ms already',
    },
    {
      what: 'a working set far larger',
      figures: { blksRead: 2010 },
      says: 'far larger than memory and a tier of 8 GiB',
    },
  ])('is not advised for $what, and the finding about reads says why', ({ figures, says }) => {
    const input = reading(figures);
    expect(optimizedReads(input)).toEqual([]);
    const [reads] = waitsForReads(input);
    expect(reads?.explanation).toContain('A second cache tier would not help, because');
    expect(reads?.explanation).toContain(says);
  });

  it('is passed over in silence where figures are missing, or nobody waits', () => {
    const unknown = reading({ refaultBytesPerSecond: () => null });
    expect(optimizedReads(unknown)).toEqual([]);
    expect(waitsForReads(unknown)[0]?.explanation).not.toContain('tier');
    expect(waitsForReads(reading())[0]?.explanation).not.toContain('tier');
    expect(optimizedReads(scene({ capacity: capacityRecord([]), counters: counters(FIGURES) }))).toEqual([]);
  });
});

describe('temporary files', () => {
  const spilling = (figures: Partial<Parameters<typeof counters>[0]>, capacity = true) =>
    temporaryFiles(
      scene({
        capacity: capacity ? capacityRecord([]) : null,
        counters: counters({ tempBytes: 40 * MIB, ...figures }),
      }),
    )[0]?.advice.at(-1);

  it('may go to local storage, of databases of ours where they do not yet', () => {
    expect(spilling({})).toMatch(/: airglow cluster modify shop --local-storage FOLDER$/);
    expect(spilling({ tempLocalBytes: 0 })).not.toContain('--local-storage');
    expect(spilling({}, false)).not.toContain('--local-storage');
  });
});
