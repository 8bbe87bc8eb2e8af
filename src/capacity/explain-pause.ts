import type { CapacityConfig, PauseOutlook } from './model.ts';

/** One sentence: whether it will be paused, and when, or why not. */
export function explainPause(outlook: PauseOutlook, config: CapacityConfig, now: number): string {
  switch (outlook.kind) {
    case 'active':
      return outlook.by === null
        ? 'Somebody uses it, so it is not paused.'
        : `Not paused: ${outlook.by} uses it.`;
    case 'waiting':
      return `Pauses in ${durationInWords(outlook.untilMs - now)} unless somebody uses it.`;
    case 'blocked':
      return `Not paused: ${outlook.blockers.map(({ detail }) => detail).join('; ')}.`;
    case 'unknown':
      return 'Whether somebody uses it is not known yet, so it is not paused.';
    case 'due':
      return `It is paused now: ${quietOf(config)}.`;
  }
}

/** Why it is paused, without a full stop. */
export function quietOf({ autoPauseMs }: CapacityConfig): string {
  return `nothing has happened for ${durationInWords(autoPauseMs ?? 0)}`;
}

/** As people write it: `42 s`, `5 min`, `1 min 30 s`, `2 h 5 min`; up to the next second, above an hour the next minute. */
export function durationInWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return inTwo(seconds, 'min', 's');
  return inTwo(Math.ceil(seconds / 60), 'h', 'min');
}

function inTwo(count: number, large: string, small: string): string {
  const rest = count % 60;
  return `${Math.floor(count / 60)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
