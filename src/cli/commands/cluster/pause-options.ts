import type { ClusterAnswer } from '../../../api/cluster-answers.ts';
import { DEFAULT_SECONDS_UNTIL_AUTO_PAUSE, MOST_SECONDS_UNTIL_AUTO_PAUSE } from '../../../api/pause-rules.ts';
import type { IgnoreRule } from '../../../daemon/fleet.ts';
import { parseWhole } from '../../arguments/duration.ts';
import { parseIgnoreActivity } from '../../arguments/ignore-activity.ts';
import { stateHint } from '../../cluster/answer.ts';
import type { CommonOptions } from '../../cluster/answer.ts';
import { pausePlan } from '../../cluster/pause-facts.ts';
import type { Option } from '../../command.ts';
import { clean } from '../../terminal/text.ts';

/** What `create` and `modify` take about pausing, and say of it. */
export interface PauseOptions {
  readonly secondsUntilAutoPause?: number;
  /** Each time the option was given. */
  readonly ignoreActivity?: readonly (readonly IgnoreRule[])[];
}

export const PAUSE_OPTIONS: readonly Option[] = [
  {
    flags: '--seconds-until-auto-pause <seconds>',
    description: `with a minimum of 0: pause when nobody used it for so long (default: ${DEFAULT_SECONDS_UNTIL_AUTO_PAUSE})`,
    parse: (text) => parseWhole(text, 1, MOST_SECONDS_UNTIL_AUTO_PAUSE),
  },
  {
    flags: '--ignore-activity <sessions>',
    description:
      'sessions that hold it not awake, as in user=exporter,application=NAME,database=NAME,host=ADDRESS; may be repeated',
    parse: parseIgnoreActivity,
    isRepeatable: true,
  },
];

export function pauseRequest({ secondsUntilAutoPause, ignoreActivity }: PauseOptions) {
  return { secondsUntilAutoPause, ignoreActivity: ignoreActivity?.flat() };
}

/** Nothing where nothing was said of pausing and nothing is to be said. */
export function pauseRemark(
  { name, capacity, pause }: ClusterAnswer,
  { secondsUntilAutoPause, ignoreActivity, state }: PauseOptions & Pick<CommonOptions, 'state'>,
): readonly string[] {
  if (capacity.min === 0) return [clean(pausePlan(pause))];
  if (secondsUntilAutoPause === undefined && ignoreActivity === undefined) return [];
  return [
    `It is never paused, since its minimum is above 0; with 0 it can be:`,
    `  airglow cluster modify ${name} --min-capacity 0${stateHint(state === undefined ? {} : { state })}`,
  ];
}
