import type { Decision, DemandParts } from '../../capacity/model.ts';
import type { Fleet, TimedDecision } from '../../daemon/fleet.ts';
import type { CapacityPoint, CapacityView } from './capacity-view.ts';

/** Where a live view asks for the capacity of the database that it shows. */
export interface CapacitySource {
  view(): CapacityView;
}

const MAX_AGE_MS = 3_600_000;
const MAX_CHANGES = 1_000;

/** What a fleet tells of one database, collected for drawing: an hour of it. */
export class CapacityFeed implements CapacitySource {
  readonly #fleet: Pick<Fleet, 'describe'>;
  readonly #name: string;
  readonly #unsubscribe: () => void;
  #points: CapacityPoint[] = [];
  #changes: TimedDecision[] = [];
  #latest: TimedDecision | null = null;

  /** `onChange` hears of every decision that changes capacity; it must not throw. */
  constructor(
    fleet: Pick<Fleet, 'describe' | 'subscribe'>,
    name: string,
    onChange: (change: TimedDecision) => void = () => {},
  ) {
    this.#fleet = fleet;
    this.#name = name;
    this.#unsubscribe = fleet.subscribe((message) => {
      if (message.kind !== 'decision' || message.name !== name) return;
      this.#take(message.decision);
      const { fromAcu, toAcu } = message.decision.decision;
      if (fromAcu !== toAcu) onChange(message.decision);
    });
  }

  view(): CapacityView {
    return {
      cluster: this.#fleet.describe(this.#name),
      points: this.#points,
      changes: this.#changes,
      latest: this.#latest,
    };
  }

  stop(): void {
    this.#unsubscribe();
  }

  #take(timed: TimedDecision): void {
    const { atMs, decision } = timed;
    this.#latest = { ...timed, decision: { ...decision, parts: this.#partsOf(decision) } };
    this.#points = [
      ...this.#points.filter((point) => point.atMs > atMs - MAX_AGE_MS),
      { atMs, acu: decision.toAcu, demandAcu: decision.demandAcu },
    ];
    if (decision.fromAcu !== decision.toAcu) this.#changes = [timed, ...this.#changes].slice(0, MAX_CHANGES);
  }

  /** The fast loop knows CPU and memory only; the rest is as it was a moment ago. */
  #partsOf({ kind, parts }: Decision): DemandParts {
    const known = this.#latest?.decision.parts;
    if (kind === 'full' || known === undefined) return parts;
    return {
      cpu: parts.cpu ?? known.cpu,
      memory: parts.memory ?? known.memory,
      network: parts.network ?? known.network,
      connections: parts.connections ?? known.connections,
    };
  }
}
