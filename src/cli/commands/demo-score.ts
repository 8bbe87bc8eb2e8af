import { LOCK_PILE_UP } from '../../demo/story.ts';
import type { ClusterDescription, TimedDecision } from '../../daemon/fleet.ts';
import type { Answer } from '../../demo/actor.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { money } from '../top/capacity-header.ts';
import { formatAcu, savedShare } from '../top/capacity-view.ts';
import { wakeTime } from '../top/pause-view.ts';

/** What capacity did in the demo, for the summary at its end. */
export class DemoScore {
  #ups = 0;
  #downs = 0;
  #upsWhileLocked = 0;
  #highestAcu = 0;
  #phase = '';
  #sawLocks = false;
  #answer: Answer | null = null;

  /** Names the phase that begins. */
  begin(phase: string): void {
    this.#phase = phase;
    this.#sawLocks ||= phase === LOCK_PILE_UP;
  }

  /** Takes the answer that somebody waited for. */
  answered(answer: Answer): void {
    this.#answer = answer;
  }

  take({ decision: { fromAcu, toAcu } }: TimedDecision): void {
    if (toAcu > fromAcu) this.#ups += 1;
    else this.#downs += 1;
    if (toAcu > fromAcu && this.#phase === LOCK_PILE_UP) this.#upsWhileLocked += 1;
    this.#highestAcu = Math.max(this.#highestAcu, fromAcu, toAcu);
  }

  /** Lines for people. */
  summary(cluster: ClusterDescription): readonly string[] {
    const { capacity, cost, acuHours, enforced } = cluster;
    const saved = savedShare(cluster);
    const maximum = `a fixed ${formatAcu(capacity.max)} ACU`;
    const changes = this.#ups + this.#downs;
    const highest = Math.max(this.#highestAcu, capacity.current);
    const rows: readonly (readonly [string, string])[] = [
      ['ran for', formatDuration(cost.runningSeconds * 1000)],
      ['used', `${acuHours.toFixed(3)} ACU-h, ${money(cost.currency, cost.amount)}`],
      [
        maximum,
        `${cost.fixedMaximumAcuHours.toFixed(3)} ACU-h, ${money(cost.currency, cost.fixedMaximumAmount)}`,
      ],
      ['saved', saved === null ? 'nothing yet' : `${Math.round(saved * 100)} %`],
      ['changes', `${changes}: ${this.#ups} up, ${this.#downs} down; at most ${formatAcu(highest)} ACU`],
      [
        LOCK_PILE_UP.toLowerCase(),
        this.#sawLocks ? `raised ${this.#upsWhileLocked} times` : 'not played yet',
      ],
      ['asleep', sleepText(cluster, this.#answer)],
      ...(enforced ? [] : [['enforced', `no: ${cluster.enforcementNote ?? ''}`.trim()] as const]),
    ];
    const longest = Math.max(...rows.map(([name]) => name.length));
    return ['', ...rows.map(([name, value]) => `  ${name.padEnd(longest)}  ${value}`), ''];
  }
}

function sleepText({ enforced, pause }: ClusterDescription, answer: Answer | null): string {
  const { unavailable, pausedSeconds, lastWake } = pause;
  if (pausedSeconds === 0 && unavailable !== null) return enforced ? `not here: ${unavailable}` : 'not here';
  if (pausedSeconds === 0) return 'not played yet';
  const slept = `${formatDuration(pausedSeconds * 1000)}, at no cost`;
  if (lastWake === null) return slept;
  const answered = answer === null ? '' : `, first answer after ${wakeTime(answer.tookMs)}`;
  return `${slept}; woken in ${wakeTime(lastWake.tookMs)}${answered}`;
}
