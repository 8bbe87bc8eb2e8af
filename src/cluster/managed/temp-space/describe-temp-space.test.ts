import { describe, expect, it } from 'vitest';
import { NO_OPTIMIZED_READS } from '../model.ts';
import { describeTempSpace } from './describe-temp-space.ts';
import type { TempSpaceFacts } from './describe-temp-space.ts';
import type { TempUse } from './temp-files.ts';

const MIB = 1024 ** 2;
const ON = { ...NO_OPTIMIZED_READS, localStorage: '/mnt/nvme' };
const RECORD = { path: '/mnt/nvme', limitBytes: 64 * MIB };

function described(change: Partial<TempSpaceFacts>, parameters: Record<string, string> = {}) {
  return describeTempSpace({
    spec: { name: 'shop', optimizedReads: ON, parameters },
    record: RECORD,
    verdict: { place: 'local', cause: null, reason: null },
    seen: null,
    isRunning: true,
    limitWithoutDiskBytes: 1,
    ...change,
  });
}

describe('temporary space', () => {
  it('goes where it was decided', () => {
    expect(described({})).toMatchObject({ path: '/mnt/nvme', place: 'local', reason: null });
    const verdict = { place: 'data', cause: 'lost', reason: 'It is gone.' } as const;
    expect(described({ verdict })).toMatchObject({ place: 'data', reason: 'It is gone.' });
    expect(described({ record: null })).toMatchObject({ limitBytes: 1, usedBytes: null });
  });

  it("is not said to be in use where the user's own parameter says otherwise", () => {
    const own = described({}, { temp_tablespaces: 'foo' });
    expect(own?.place).toBe('data');
    expect(own?.reason).toMatch(/temp_tablespaces \(foo\).*shop --reset-parameter temp_tablespaces/);
    expect(described({}, { temp_tablespaces: '' })?.reason).toContain('(none)');
    expect(described({}, { temp_tablespaces: 'foo, "airglow_temp"' })?.place).toBe('local');
  });
});

describe('what is being switched off', () => {
  const off = { spec: { name: 'shop', optimizedReads: NO_OPTIMIZED_READS, parameters: {} } };

  function leaving(relations: readonly number[], files: number, isRunning = true) {
    const use: TempUse = {
      bytes: 3 * MIB,
      spills: new Map(),
      relations: new Map(relations.map((backend) => [backend, MIB])),
      permanent: new Set(),
      databases: new Set(),
      files,
    };
    const sight = { lost: null, failing: null, usedBytes: use.bytes, room: null };
    return described({ ...off, isRunning, seen: { use, sight, wasRemade: false } });
  }

  it('is nothing once nothing is left', () => {
    expect(described({ ...off, record: null })).toBeNull();
  });

  it('says who still has something there, until the folder is gone', () => {
    expect(leaving([3, 4], 5)).toMatchObject({ path: '/mnt/nvme', place: 'data', usedBytes: 3 * MIB });
    expect(leaving([3, 4], 5)?.reason).toContain('2 sessions still have temporary tables');
    expect(leaving([3], 1)?.reason).toContain('1 session still has');
    expect(leaving([], 2)?.reason).toContain('files there are still in use');
    expect(leaving([], 0)?.reason).toContain('has dropped its tablespace');
    expect(leaving([3], 1, false)?.reason).toContain('once shop has been started');
  });
});
