import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/demo/actor.ts';
import { createDemoLoad } from '../../src/demo/demo-load.ts';
import { DEMO_PARAMETERS } from '../../src/demo/parameters.ts';
import { APPLICATIONS } from '../../src/demo/sessions.ts';
import { MORNING, NIGHT, STORY } from '../../src/demo/story.ts';
import type { Phase } from '../../src/demo/story.ts';
import { startCli, startCliOnTerminal } from '../kit/airglow-cli.ts';
import { startDemo } from '../kit/demo.ts';
import { openPausedFleet, whyNotHere } from '../kit/paused-fleet.ts';
import { waitFor } from '../kit/wait-for.ts';

const reason = await whyNotHere();
const CONNECTIONS = Object.values(APPLICATIONS).reduce((sum, { sessions }) => sum + sessions, 0);

function phaseOf(name: string, durationMs: number): Phase {
  const phase = STORY.find((candidate) => candidate.name === name);
  if (phase === undefined) throw new Error(`the story has no phase ${name}`);
  return { ...phase, durationMs };
}

describe.skipIf(reason !== null)(
  `the night of the demo${reason === null ? '' : ` (not here: ${reason})`}`,
  { timeout: 300_000 },
  () => {
    it.concurrent('is slept through with everybody connected, and ends with the first query', async () => {
      await using test = await openPausedFleet({ parameters: DEMO_PARAMETERS });
      const { fleet, name } = test;
      const answers: Answer[] = [];
      // On a slow machine it falls asleep in the second night only.
      const load = createDemoLoad(fleet.url(name), {
        seed: 1,
        story: [phaseOf(NIGHT, 10_000), phaseOf(MORNING, 4_000)],
        onAnswer: (answer) => answers.push(answer),
      });
      await load.start();
      try {
        const { lastWake } = await waitFor(
          () => {
            const { pause } = fleet.describe(name);
            const asked = answers.find(({ askedAtMs }) => askedAtMs - 1 <= (pause.lastWake?.atMs ?? 0));
            return asked === undefined ? null : pause;
          },
          { what: 'a night that was slept through', timeoutMs: 200_000 },
        );
        expect(lastWake?.cause).toBe('a query of app_shop@shop (127.0.0.1, shop-web)');
        expect(test.news().find(({ kind }) => kind === 'paused')?.data).toMatchObject({
          connections: CONNECTIONS,
        });
      } finally {
        await load.stop();
      }
    });

    it.concurrent('is shown on a terminal, and Ctrl-C in it leaves nothing behind', async () => {
      await using demo = await startDemo(['--from', 'night'], startCliOnTerminal);
      await demo.untilShown(/○ paused/);
      await demo.untilShown(/0 ACU.* \(0–8\).* · paused/);
      await demo.untilShown(/Night.*Asleep, with its connections open/s);
      const traces = await demo.traces();
      expect(traces.identities.size).toBe(2);
      demo.child.stdin?.write('\u0003');
      expect({ code: await demo.exited, err: demo.err() }).toEqual({ code: 0, err: '' });
      expect(demo.out()).toMatch(/^ {2}asleep +\d.*, at no cost/m);
      expect(await demo.leftovers()).toEqual([]);
      await demo.untilGone(traces);
    });

    it.concurrent('is told as lines, and kill -9 in it leaves nothing behind', async () => {
      await using demo = await startDemo(['--from', 'night'], startCli);
      await demo.untilShown(/^ {2}Night +paused since/m);
      expect(demo.out()).toMatch(/^Night: Everybody went home/m);
      expect(demo.out()).toMatch(/^ {4}.*asleep.* \d+ connections open/m);
      expect(demo.out()).toMatch(/^ {4}▼ capacity [\d.]+ → 0 ACU: /m);
      const traces = await demo.traces();
      expect(traces.identities.size).toBe(2);
      demo.child.kill('SIGKILL');
      await demo.exited;
      await demo.untilGone(traces);
    });
  },
);
