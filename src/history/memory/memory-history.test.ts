import { expect, it } from 'vitest';
import { aSample, aTick, HOUR, START } from '../history-data.conformance.ts';
import { describeHistory } from '../history.conformance.ts';
import { createMemoryHistory } from './memory-history.ts';

describeHistory('memory', async () => {
  const history = createMemoryHistory({ retentionMs: 7 * 24 * HOUR });
  return { history, dispose: () => history.close() };
});

it('forgets what is older than the retention', async () => {
  const history = createMemoryHistory({ retentionMs: HOUR });
  const ticks = Array.from({ length: 3 * 3600 }, (_, s) => aTick(START + s * 1000, [aSample({}, 1000)]));
  for (const tick of ticks) await history.appendTicks('shop', [tick]);
  const [span] = await history.targets();
  expect(span!.firstMs).toBeGreaterThan(START + 1.8 * HOUR);
  await history.maintain(START + 3 * HOUR);
  expect(await history.targets()).toEqual([
    { target: 'shop', firstMs: START + 2 * HOUR + 1000, lastMs: START + 3 * HOUR - 1000 },
  ]);
});
