import type { TempSpaceEvent } from './model.ts';

type Listener = (event: TempSpaceEvent) => void;

const MOST_KEPT = 50;
const SAY_AGAIN_MS = 600_000;

/** Events on their way to whoever listens. What nobody listened to is kept for who comes first. */
export class EventOutbox {
  readonly #listeners = new Set<Listener>();
  readonly #kept: TempSpaceEvent[] = [];
  readonly #saidAtMs = new Map<string, number>();

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    for (const event of this.#kept.splice(0)) listener(event);
    return () => this.#listeners.delete(listener);
  }

  send(event: TempSpaceEvent): void {
    if (this.#listeners.size === 0 && this.#kept.length < MOST_KEPT) this.#kept.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** The same again only after a while. */
  sendOnce(event: TempSpaceEvent, nowMs: number): void {
    const key = `${event.kind} ${event.message}`;
    if (nowMs - (this.#saidAtMs.get(key) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    for (const [old, atMs] of this.#saidAtMs) if (nowMs - atMs >= SAY_AGAIN_MS) this.#saidAtMs.delete(old);
    this.#saidAtMs.set(key, nowMs);
    this.send(event);
  }
}
