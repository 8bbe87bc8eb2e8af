import { expect, test } from 'vitest';
import { waitFor } from '../../test/kit/wait-for.ts';
import { createMemoryHistory } from '../history/memory/memory-history.ts';
import { startMaintenance } from './maintenance.ts';
import { ShutdownSteps } from './shutdown-steps.ts';

test('it runs again and again, never twice at once, survives failures, and is waited for at the end', async () => {
  const history = createMemoryHistory({ retentionMs: 1000 });
  let [runs, atOnce, mostAtOnce] = [0, 0, 0];
  history.maintain = async () => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atOnce -= 1;
    runs += 1;
    if (runs === 2) throw new Error('disk');
    return { droppedDays: runs === 3 ? 2 : 0, rolledUpHours: 0 };
  };
  const lines: string[] = [];
  const maintenance = startMaintenance({
    history,
    now: () => 0,
    log: (line) => lines.push(line),
    intervalMs: 1,
    firstAfterMs: 1,
  });
  await waitFor(() => runs >= 4, { what: 'four runs' });
  await maintenance.stop();
  expect(atOnce).toBe(0);
  expect(mostAtOnce).toBe(1);
  expect(lines).toEqual([
    'maintaining the history failed: disk',
    'dropped 2 day(s) of history that are older than the retention',
  ]);
  const runsAtStop = runs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(runsAtStop);
});

test('shutdown goes backwards, once, and past a step that fails', async () => {
  const done: string[] = [];
  const lines: string[] = [];
  const steps = new ShutdownSteps((line) => lines.push(line));
  steps.add('first', () => void done.push('first'));
  steps.add('second', () => Promise.reject(new Error('stuck')));
  steps.add('third', () => void done.push('third'));
  await Promise.all([steps.run(), steps.run()]);
  expect(done).toEqual(['third', 'first']);
  expect(lines).toEqual(['second failed: stuck']);
});
