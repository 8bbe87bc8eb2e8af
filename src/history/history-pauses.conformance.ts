import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LoadTick } from '../load/model.ts';
import { aTick, HOUR, START } from './history-data.conformance.ts';
import type { OpenedHistory } from './history.conformance.ts';
import type { PausedStretch } from './history.ts';

const DAY = 24 * HOUR;

/** Pauses, told by the ticks that cover them. */
export function describePauses(open: () => Promise<OpenedHistory>): void {
  it('knows no pause where there was none, nor of another target', async () => {
    const pauses = await pausesOf(open, seconds(START, 10, 'observed'), START, START + HOUR);
    expect(pauses).toEqual([]);
  });

  it('joins paused ticks that touch, or that one is missing between', async () => {
    const ticks = [
      ...seconds(START, 5, 'observed'),
      ...seconds(START + 5_000, 10, 'paused'),
      ...seconds(START + 16_000, 10, 'paused'),
      ...seconds(START + 26_000, 4, 'observed'),
      ...seconds(START + 30_000, 2, 'paused'),
      aTick(START + 32_250, [], { state: 'paused', durationMs: 250 }),
    ];
    expect(await pausesOf(open, ticks, START, START + HOUR)).toEqual([
      { fromMs: START + 5_000, toMs: START + 26_000 },
      { fromMs: START + 30_000, toMs: START + 32_250 },
    ]);
  });

  it('goes on over midnight, and stays inside the window', async () => {
    const ticks = seconds(START + DAY - 60_000, 120, 'paused');
    const [fromMs, toMs] = [START + DAY - 60_000, START + DAY + 60_000];
    expect(await pausesOf(open, ticks, START, START + 2 * DAY)).toEqual([{ fromMs, toMs }]);
    expect(await pausesOf(open, ticks, fromMs + 10_500, toMs - 10_000)).toEqual([
      { fromMs: fromMs + 10_500, toMs: toMs - 11_000 },
    ]);
  });

  it('says the same after it is rolled up', async () => {
    const { history, dispose } = await open();
    try {
      await history.appendTicks('shop', seconds(START + 100_000, 7_000, 'paused'));
      const query = { target: 'shop', fromMs: START, toMs: START + DAY };
      const before = await history.pauses(query);
      await history.maintain(START + 2 * DAY);
      expect(await history.pauses(query)).toEqual(before);
      expect(before).toEqual([{ fromMs: START + 100_000, toMs: START + 7_100_000 }]);
      await expect(history.pauses({ ...query, toMs: START - 1 })).rejects.toMatchObject({
        code: 'INVALID_QUERY',
      });
    } finally {
      await dispose();
    }
  });

  it('finds the stretches that were told, however they lie', async () => {
    const property = fc.asyncProperty(stretches, async (told) => {
      let atMs = START + DAY - 120_000;
      const ticks: LoadTick[] = [];
      const expected: PausedStretch[] = [];
      for (const { pausedSeconds, awakeSeconds } of told) {
        ticks.push(...seconds(atMs, pausedSeconds, 'paused'));
        expected.push({ fromMs: atMs, toMs: atMs + pausedSeconds * 1000 });
        atMs += pausedSeconds * 1000;
        ticks.push(...seconds(atMs, awakeSeconds, 'observed'));
        atMs += awakeSeconds * 1000;
      }
      expect(await pausesOf(open, ticks, START, START + 2 * DAY)).toEqual(expected);
    });
    await fc.assert(property, { numRuns: 6, seed: 20261123, endOnFailure: true });
  }, 120_000);
}

const stretches = fc.array(
  fc.record({
    pausedSeconds: fc.integer({ min: 1, max: 200 }),
    awakeSeconds: fc.integer({ min: 2, max: 60 }),
  }),
  { minLength: 1, maxLength: 8 },
);

/** Ticks of a second each, of which the first begins then. */
function seconds(fromMs: number, count: number, state: LoadTick['state']): LoadTick[] {
  return Array.from({ length: count }, (_, index) => aTick(fromMs + (index + 1) * 1000, [], { state }));
}

async function pausesOf(
  open: () => Promise<OpenedHistory>,
  ticks: readonly LoadTick[],
  fromMs: number,
  toMs: number,
): Promise<readonly PausedStretch[]> {
  const { history, dispose } = await open();
  try {
    await history.appendTicks('shop', ticks);
    await history.appendTicks('blog', seconds(START, 30, 'paused'));
    return await history.pauses({ target: 'shop', fromMs, toMs });
  } finally {
    await dispose();
  }
}
