import { describe, expect, it } from 'vitest';
import { analyse } from './analyse.ts';
import { capacityRecord, counters, decisions, scene, series } from './input-fixture.ts';
import type { RecordedDecision } from './input.ts';

/** Short of CPU and of memory at a maximum of 4 ACU. */
function atMaximum(hostAcu: number | null, change: Partial<RecordedDecision> = {}) {
  const cpu = { used: 4, waitingForLimit: 4, waitingForHost: 0 };
  return scene({
    waits: series({ 'CPU:Running': 1.9, 'CPU:Waiting': 4, 'IO:DataFileRead': 4 }),
    counters: counters({ refaultBytesPerSecond: 40 * 1024 ** 2 }),
    capacity: {
      ...capacityRecord(decisions({ cap: 'maximum', demandAcu: 9.2, cpu, ...change })),
      hostAcu,
    },
  });
}

function adviceOf(input: ReturnType<typeof scene>): string {
  const { findings } = analyse(input);
  expect(findings.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['cpu-starved', 'capacity-at-maximum', 'cache-too-small']),
  );
  return findings.flatMap(({ advice }) => advice).join('\n');
}

describe('what findings say of a maximum', () => {
  it('is to raise it where the host has more, and not above that', () => {
    const advice = adviceOf(atMaximum(6));
    expect(advice).toContain('Raise its maximum capacity');
    expect(advice).toContain('Raise the maximum above 4 ACU (this host has 6 ACU at most)');
    expect(advice.match(/--max-capacity \S+/g)).toEqual(['--max-capacity 6', '--max-capacity 6']);
    expect(adviceOf(atMaximum(null))).toContain('--max-capacity 9.5');
  });

  it('is not to raise it where that is all that the host has', () => {
    const advice = adviceOf(atMaximum(4));
    expect(advice).not.toMatch(/raise (its|the) maximum|raise that|--max-capacity/i);
    expect(advice).toContain('Its maximum is all that this host has (4 ACU)');
  });

  it('is not to raise it for processors that a saturated host has not got; memory is another matter', () => {
    const input = atMaximum(6, { hostSaturated: true });
    expect(analyse(input).findings.map(({ kind }) => kind)).toContain('host-saturated');
    const advice = adviceOf(input);
    expect(advice).not.toMatch(/raise (its|the) maximum/i);
    expect(advice.match(/.*--max-capacity.*/g)).toEqual([
      expect.stringMatching(/^If it was at its maximum, raise that: .*--max-capacity 6$/),
    ]);
  });

  it('is as before where the host was saturated at another time', () => {
    const input = atMaximum(8);
    const capacity = capacityRecord([
      ...decisions({ cap: 'maximum', demandAcu: 7 }, 0, 200),
      ...decisions({ hostSaturated: true }, 300, 400),
    ]);
    const { findings } = analyse({ ...input, capacity: { ...capacity, hostAcu: 8 } });
    const found = findings.find(({ kind }) => kind === 'capacity-at-maximum');
    expect(found?.advice[0]).toContain('--max-capacity 8');
  });
});
