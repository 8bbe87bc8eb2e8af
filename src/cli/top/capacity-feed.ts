import type { Decision, DemandParts } from '../../capacity/model.ts';
import type { ClusterStatus, Fleet, TimedDecision } from '../../daemon/fleet.ts';
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
  /** It asked for a pause, which may yet be refused. */
  #pauseAsked: TimedDecision | null = null;
  #isPaused = false;

  readonly #onChange: (change: TimedDecision) => void;

  /** `onChange` hears of every decision that changes capacity; it must not throw. */
  constructor(
    fleet: Pick<Fleet, 'describe' | 'subscribe'>,
    name: string,
    onChange: (change: TimedDecision) => void = () => {},
  ) {
    this.#fleet = fleet;
    this.#name = name;
    this.#onChange = onChange;
    this.#unsubscribe = fleet.subscribe((message) => {
      if (message.name !== name) return;
      if (message.kind === 'decision') this.#take(message.decision);
      if (message.kind === 'status') this.#follow(message.status);
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
    const asksForPause = decision.toAcu === 0;
    this.#pauseAsked = asksForPause ? timed : null;
    this.#mark(atMs, asksForPause ? decision.fromAcu : decision.toAcu, decision.demandAcu);
    if (!asksForPause && decision.fromAcu !== decision.toAcu) this.#change(timed);
  }

  /** No decision is made of a database that sleeps: its status says where the sleep begins and ends. */
  #follow(status: ClusterStatus): void {
    if (status === 'paused') {
      this.#isPaused = true;
      if (this.#pauseAsked !== null) this.#change(this.#pauseAsked);
      this.#pauseAsked = null;
      this.#mark(this.#fleet.describe(this.#name).pause.pausedAtMs, 0, null);
    } else if (status === 'available' && this.#isPaused) {
      this.#isPaused = false;
      const { pause, capacity } = this.#fleet.describe(this.#name);
      this.#mark(pause.lastWake?.atMs ?? null, capacity.current, null);
    }
  }

  #change(timed: TimedDecision): void {
    this.#changes = [timed, ...this.#changes].slice(0, MAX_CHANGES);
    this.#onChange(timed);
  }

  /** Points come in the order of their time, even where it was noticed late. */
  #mark(atMs: number | null, acu: number, demandAcu: number | null): void {
    const last = this.#points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    if (atMs === null) return;
    const point = { atMs: Math.max(atMs, last), acu, demandAcu };
    this.#points = [...this.#points.filter((known) => known.atMs > point.atMs - MAX_AGE_MS), point];
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
