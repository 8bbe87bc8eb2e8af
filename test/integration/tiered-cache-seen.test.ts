import { expect, it } from 'vitest';
import { TIER_READ, UNSEEN_WAIT } from '../../src/load/model.ts';
import { createTiered, openTieredFleet, startReaders, whyNoTier } from '../kit/tiered-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const LONG = 600_000;
const refusal = await whyNoTier();

it.runIf(refusal === null)(
  'what sessions wait for is seen to be the tier, and a page of it costs what its disk takes',
  async () => {
    await using test = await openTieredFleet();
    await createTiered(test, 'shop');
    await test.warm('shop');
    await test.fixed('shop', 0.5);
    const seen = new Map<string, number>();
    const observer = test.fleet.observer('shop');
    const leave = observer?.subscribe((message) => {
      if (message.kind !== 'settled') return;
      for (const { tuple, weightMs, activity } of message.tick.samples) {
        const wait = tuple['db.wait_event'];
        if (activity === 'active') seen.set(wait, (seen.get(wait) ?? 0) + weightMs);
      }
    });
    const readers = await startReaders(test.fleet.url('shop'), 2);
    await waitFor(() => (seen.get(TIER_READ) ?? 0) > 1000, { what: 'waits', timeoutMs: 120_000 });
    const { tieredCache, localStorage } = test.fleet.describe('shop').optimizedReads;
    await readers.stop();
    leave?.();
    expect(seen.get(UNSEEN_WAIT) ?? 0).toBeLessThan(seen.get(TIER_READ) ?? 0);
    // Without local storage for temporary objects that is the disk of the tier; some have no device that can be named.
    const tierReadMs = tieredCache?.activity?.tierReadMs ?? 0;
    expect(tierReadMs).toBeGreaterThan(0);
    expect(tierReadMs).toBeGreaterThan(0.99 * (localStorage?.device?.readMs ?? 0));
  },
  LONG,
);
