import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDemoLoad, type DemoLoad } from '../../src/demo/demo-load.ts';
import { DEMO_PARAMETERS } from '../../src/demo/parameters.ts';
import { LOCK_PILE_UP, STORY, type Phase } from '../../src/demo/story.ts';
import { openTestFleet, type TestFleet } from '../kit/fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const NAME = 'demo';
const HOUR_MS = 3_600_000;

let test: TestFleet;
let load: DemoLoad | null = null;

beforeEach(async (context) => {
  test = await openTestFleet({ intervalMs: 500 });
  const { enforced, enforcementNote } = await test.fleet.create({
    name: NAME,
    engineVersion: 18,
    parameters: DEMO_PARAMETERS,
  });
  if (!enforced) context.skip(enforcementNote ?? 'capacity is not enforced here');
});

afterEach(async () => {
  await load?.stop();
  load = null;
  await test[Symbol.asyncDispose]();
});

async function play(story: readonly Phase[]): Promise<DemoLoad> {
  load = createDemoLoad(test.fleet.url(NAME), { seed: 1, story });
  await load.start();
  return load;
}

function phaseOf(name: string, durationMs: number): Phase {
  const phase = STORY.find((candidate) => candidate.name === name);
  if (phase === undefined) throw new Error(`the story has no phase ${name}`);
  return { ...phase, durationMs };
}

const capacity = (): number => test.fleet.describe(NAME).capacity.current;
const lockWaiters = (): number =>
  (test.fleet.observer(NAME)?.sessions() ?? []).filter(({ blockedByPid }) => blockedByPid !== null).length;

describe('the story of the demo on a serverless database', { timeout: 180_000 }, () => {
  it('raises capacity when the spike comes', async () => {
    await play([phaseOf('Spike', HOUR_MS)]);
    await waitFor(() => capacity() >= 2.5, { what: '2.5 ACU', timeoutMs: 120_000 });
    const raised = test.changes(NAME).find(({ decision }) => decision.toAcu >= 2.5);
    expect(raised?.decision.binding).toBe('cpu');
  });

  it('piles up locks without raising capacity', async () => {
    // By then what making the tables took is no longer held.
    const playing = await play([phaseOf('Quiet', 40_000), phaseOf(LOCK_PILE_UP, HOUR_MS)]);
    await waitFor(() => playing.phase().name === LOCK_PILE_UP, { what: 'the pile-up', timeoutMs: 120_000 });
    const before = test.changes(NAME).length;
    await waitFor(() => lockWaiters() >= 10, { what: 'ten that wait', pollMs: 20 });
    await waitFor(() => lockWaiters() <= 1, { what: 'them to have given up', timeoutMs: 60_000 });
    const changes = test.changes(NAME).slice(before);
    expect(changes.filter(({ decision }) => decision.toAcu > decision.fromAcu)).toEqual([]);
  });
});
