import type { ClusterDescription } from '../../daemon/fleet.ts';
import type { Answer } from '../../demo/actor.ts';
import type { DemoPhase } from '../../demo/demo-load.ts';
import { MORNING, NIGHT } from '../../demo/story.ts';
import { formatDuration } from '../terminal/numbers.ts';
import type { Banner } from '../top/model.ts';
import { wakeTime } from '../top/pause-view.ts';

/** What is going on, and what to look for: as the story has it, but where what came about says more. */
export function captionOf(phase: DemoPhase, cluster: ClusterDescription, answer: Answer | null): Banner {
  const { name: title, sentence } = phase;
  if (title === NIGHT) return { title, sentence: nightSentence(cluster) ?? sentence };
  if (title === MORNING && answer !== null) return { title, sentence: morningSentence(cluster, answer) };
  return { title, sentence };
}

function nightSentence({ status, pause }: ClusterDescription): string | null {
  if (pause.unavailable !== null) return `It does not sleep here: ${pause.unavailable}`;
  if (status !== 'paused') return null;
  return 'Asleep, with its connections open: nothing of it runs, it costs nothing, and the first byte wakes it.';
}

function morningSentence({ pause: { lastWake } }: ClusterDescription, { askedAtMs, tookMs }: Answer): string {
  const answered = `The first answer came after ${wakeTime(tookMs)}`;
  // An earlier wake was for somebody else.
  if (lastWake === null || lastWake.atMs < askedAtMs - 1) return `${answered}: the database was awake.`;
  const slept = formatDuration(lastWake.pausedMs);
  return `${answered}, of which waking took ${wakeTime(lastWake.tookMs)}. The ${slept} of sleep cost nothing.`;
}
