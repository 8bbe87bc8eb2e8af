import { firstLine } from '../api/first-line.ts';
import type { WatchedTargets } from '../api/http/api-parts.ts';
import { AirglowError } from '../errors.ts';
import { DecisionSieve } from './decision-sieve.ts';
import type { Fleet, FleetMessage } from './fleet.ts';
import type { Observer } from './observer.ts';
import type { Recorder } from './recorder.ts';
import { TargetRegistry } from './target-registry.ts';

/** Keeps the record of a fleet: its observers as they come and go, its decisions and its events. */
export class FleetFollower {
  readonly targets: WatchedTargets;
  readonly #fleet: Fleet;
  readonly #recorder: Recorder;
  readonly #registry: TargetRegistry;
  readonly #sieve = new DecisionSieve();
  readonly #unsubscribe: () => void;
  readonly #followed = new Set<string>();

  constructor(fleet: Fleet, recorder: Recorder) {
    this.#fleet = fleet;
    this.#recorder = recorder;
    // What observers say of themselves comes by way of the fleet, with what it says of the databases.
    this.#registry = new TargetRegistry((observer) => recorder.attach(observer, { withEvents: false }));
    this.#unsubscribe = fleet.subscribe((message) => this.#hear(message));
    for (const { name } of fleet.list()) this.#look(name);
    this.targets = {
      list: () => {
        // Between two messages an observer may have gone.
        for (const name of this.#followed) this.#look(name);
        return this.#registry.list();
      },
      subscribe: (listener) => this.#registry.subscribe(listener),
    };
  }

  close(): void {
    this.#unsubscribe();
    this.#registry.close();
  }

  #hear(message: FleetMessage): void {
    const { name } = message;
    if (message.kind === 'event') {
      const event = { ...message.event, message: firstLine(message.event.message) };
      this.#recorder.record(name, { events: [event] });
    }
    if (message.kind === 'counters') this.#recorder.record(name, { counters: message.points });
    if (message.kind === 'decision') {
      const record = this.#sieve.pass(name, message.decision);
      if (record !== null) this.#recorder.record(name, { decisions: [record] });
    }
    this.#look(name);
  }

  /** Follows the observer that the database has now. */
  #look(name: string): void {
    const observer = this.#observerOf(name);
    this.#registry.set(name, observer);
    if (observer !== null) {
      this.#followed.add(name);
      return;
    }
    this.#followed.delete(name);
    this.#sieve.forget(name);
  }

  #observerOf(name: string): Observer | null {
    try {
      return this.#fleet.observer(name);
    } catch (error) {
      if (error instanceof AirglowError && error.code === 'CLUSTER_NOT_FOUND') return null;
      throw error;
    }
  }
}
