import type { WatchedTarget, WatchedTargets } from '../api/http/api-parts.ts';
import { LoadMeter } from '../api/http/load-meter.ts';
import type { Observer, ObserverMessage } from './observer.ts';

type Listener = (target: string, message: ObserverMessage) => void;

interface Entry extends WatchedTarget {
  readonly leave: () => void;
}

/** The observers of this process, with the running figures of each; they may come and go. */
export class TargetRegistry implements WatchedTargets {
  readonly #record: (observer: Observer) => () => void;
  readonly #listeners = new Set<Listener>();
  readonly #entries = new Map<string, Entry>();
  /** No longer shown, and still settling its last ticks. */
  #leaving: Entry[] = [];

  /** `record` takes in what an observer tells, and returns how to take leave of it. */
  constructor(record: (observer: Observer) => () => void = () => () => {}) {
    this.#record = record;
  }

  list(): readonly WatchedTarget[] {
    return [...this.#entries.values()];
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  add(observer: Observer): WatchedTarget {
    const { target } = observer;
    const entry = { observer, meter: new LoadMeter(observer), leave: this.#follow(observer) };
    this.#entries.set(target, entry);
    return entry;
  }

  /** Makes this the observer of the target; null when it has none any more. */
  set(target: string, observer: Observer | null): void {
    this.#letGo();
    const known = this.#entries.get(target);
    if ((known?.observer ?? null) === observer) return;
    if (known) {
      this.#entries.delete(target);
      this.#leaving.push(known);
    }
    if (observer !== null) this.add(observer);
    this.#letGo();
  }

  close(): void {
    for (const entry of [...this.#entries.values(), ...this.#leaving]) end(entry);
    this.#entries.clear();
    this.#leaving = [];
  }

  #follow(observer: Observer): () => void {
    const stopRecording = this.#record(observer);
    const unsubscribe = observer.subscribe((message) => {
      for (const listener of this.#listeners) listener(observer.target, message);
    });
    return () => {
      unsubscribe();
      stopRecording();
    };
  }

  /** An observer that has stopped has said its last words. */
  #letGo(): void {
    const stopped = this.#leaving.filter(({ observer }) => observer.status().connection === 'stopped');
    if (stopped.length === 0) return;
    for (const entry of stopped) end(entry);
    this.#leaving = this.#leaving.filter((entry) => !stopped.includes(entry));
  }
}

function end({ meter, leave }: Entry): void {
  meter.close();
  leave();
}
