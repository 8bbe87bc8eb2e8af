import { describe, expect, it } from 'vitest';
import { capacityRecord, counters, during, scene, series, sqlLoad, SQL, valueOf } from '../input-fixture.ts';
import { waitsForReads, waitsForWal } from './io.ts';
import { temporaryFiles } from './temporary-files.ts';

const MIB = 1024 ** 2;
const READING = {
  waits: series({
    'CPU:Running': 0.3,
    'IO:DataFileRead': during(100, 300, 3),
    'IO:PageFault': during(100, 300, 1),
  }),
  topSql: [sqlLoad({ waits: [{ key: 'IO:DataFileRead', aas: 1 }] })],
};

describe('waits for reads', () => {
  it('are of a cache that is too small where pages are read again', () => {
    const input = scene({
      ...READING,
      capacity: capacityRecord([]),
      counters: counters({ refaultBytesPerSecond: 40 * MIB }),
    });
    const [found, ...others] = waitsForReads(input);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'cache-too-small', severity: 'high' });
    expect(valueOf(found!, 'read again after eviction')).toBe('40 MiB a second');
    expect(found?.advice[0]).toBe(
      'If it was at its maximum, raise that: airglow cluster modify shop --max-capacity 8',
    );
    expect(found?.about).toContainEqual({
      dimension: 'db.sql_tokenized',
      key: SQL,
      label: expect.stringContaining('orders'),
    });
  });

  it('are of slow storage where nothing is read again', () => {
    const input = scene({
      ...READING,
      counters: counters({ refaultBytesPerSecond: 0, blksRead: 100, blksHit: 900, blkReadTime: 800 }),
    });
    expect(waitsForReads(input)).toMatchObject([
      { kind: 'slow-storage', explanation: expect.stringContaining('not been in memory before') },
    ]);
    expect(waitsForReads(input)[0]?.title).toContain('a read took 8 ms');
  });

  it('without a kernel are judged by what shared buffers held, and by the time of a read', () => {
    const missing = scene({ ...READING, counters: counters({ blksRead: 200, blksHit: 800 }) });
    expect(waitsForReads(missing)).toMatchObject([{ kind: 'cache-too-small' }]);
    expect(valueOf(waitsForReads(missing)[0]!, 'found in shared buffers')).toBe('80 %, before 100 %');
    const slow = scene({
      ...READING,
      counters: counters({ blksRead: 200, blksHit: 800, blkReadTime: 1000 }),
    });
    expect(waitsForReads(slow)).toMatchObject([{ kind: 'slow-storage' }]);
    expect(waitsForReads(scene(READING))).toMatchObject([{ kind: 'slow-storage' }]);
  });

  it('are nothing below a fifth of the load, or half a session', () => {
    expect(waitsForReads(scene({ waits: series({ CPU: 8, 'IO:DataFileRead': 1.9 }) }))).toEqual([]);
    expect(waitsForReads(scene({ waits: series({ CPU: 8, 'IO:DataFileRead': 2.1 }) }))).toHaveLength(1);
    expect(waitsForReads(scene({ waits: series({ 'IO:DataFileRead': 0.45 }) }))).toEqual([]);
  });
});

describe('waits for the log', () => {
  it('are slow storage, whatever the version calls them', () => {
    for (const name of ['IO:WALSync', 'IO:WalSync', 'LWLock:WALWrite']) {
      const [found] = waitsForWal(scene({ waits: series({ CPU: 0.5, [name]: 2 }) }));
      expect(found).toMatchObject({ kind: 'slow-storage', severity: 'high' });
      expect(found?.advice[1]).toContain('synchronous_commit');
    }
    expect(waitsForWal(scene())).toEqual([]);
  });
});

describe('temporary files', () => {
  it('name who wrote most', () => {
    const topSql = [sqlLoad({ statistics: { callsPerSecond: 1, meanMs: 900, tempBytes: 2048 * MIB } })];
    const input = scene({
      topSql,
      counters: counters({ tempBytes: 40 * MIB, tempFiles: 0.3 }),
    });
    const [found] = temporaryFiles(input);
    expect(found).toMatchObject({ severity: 'medium', aas: null });
    expect(found?.title).toBe(
      'Sorts and hashes wrote 23.4 GiB to temporary files, most by SELECT * FROM orders WHERE customer = $1',
    );
    expect(valueOf(found!, 'files')).toBe('180');
    expect(found?.advice[0]).toContain('work_mem');
  });

  it('are nothing below 100 MiB, and low where they are few', () => {
    const at = (bytes: number) =>
      temporaryFiles(scene({ counters: counters({ tempBytes: during(300, 310, bytes) }) }));
    expect(at(9 * MIB)).toEqual([]);
    expect(at(11 * MIB)).toMatchObject([{ severity: 'low' }]);
  });
});
