import type { ClusterDescription, Fleet, FleetMessage } from '../../daemon/fleet.ts';
import type { Answer } from '../../demo/actor.ts';
import type { DemoPhase } from '../../demo/demo-load.ts';
import { CapacityFeed } from '../top/capacity-feed.ts';
import type { Banner } from '../top/model.ts';
import { wakeTime } from '../top/pause-view.ts';
import { changeLine } from '../top/status-lines.ts';
import { captionOf } from './demo-caption.ts';
import { DemoScore } from './demo-score.ts';

/** Follows the story and what comes of it: tells it line by line, and keeps the score. */
export class DemoNarrator {
  readonly capacity: CapacityFeed;
  readonly #score = new DemoScore();
  readonly #cluster: () => ClusterDescription;
  readonly #tell: (line: string) => void;
  readonly #unsubscribe: () => void;
  /** Of the present phase. */
  #answer: Answer | null = null;

  constructor(fleet: Pick<Fleet, 'describe' | 'subscribe'>, database: string, tell: (line: string) => void) {
    this.#tell = tell;
    this.#cluster = () => fleet.describe(database);
    this.capacity = new CapacityFeed(fleet, database, (change) => {
      this.#score.take(change);
      tell(changeLine(change));
    });
    this.#unsubscribe = fleet.subscribe((message) => {
      if (message.name === database && isOfSleep(message)) tell(`    ${message.event.message}`);
    });
  }

  begin(phase: DemoPhase): void {
    this.#answer = null;
    this.#score.begin(phase.name);
    const { title, sentence } = this.banner(phase);
    this.#tell(`${title}: ${sentence}`);
  }

  answered(answer: Answer): void {
    this.#answer = answer;
    this.#score.answered(answer);
    this.#tell(`    the first query was answered after ${wakeTime(answer.tookMs)}`);
  }

  banner(phase: DemoPhase): Banner {
    return captionOf(phase, this.#cluster(), this.#answer);
  }

  summary(): readonly string[] {
    return this.#score.summary(this.#cluster());
  }

  stop(): void {
    this.#unsubscribe();
    this.capacity.stop();
  }
}

const SLEEP_EVENTS: ReadonlySet<string> = new Set(['paused', 'pause-cancelled', 'resumed']);

function isOfSleep(message: FleetMessage): message is FleetMessage & { readonly kind: 'event' } {
  return message.kind === 'event' && SLEEP_EVENTS.has(message.event.kind);
}
