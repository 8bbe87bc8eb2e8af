import type { Decision } from '../capacity/model.ts';
import type { DecisionRecord } from '../history/history.ts';
import type { TimedDecision } from './fleet.ts';

/** Between decisions that say the same. */
const REPEAT_EVERY_MS = 10_000;
const DECIMALS = 1e4;

/**
 * Which decisions are worth a place in the record: those that change capacity, those whose reason is another one than
 * before, and now and then one that says that nothing has changed. There is one every second and most say the same.
 */
export class DecisionSieve {
  readonly #last = new Map<string, { readonly atMs: number; readonly gist: string }>();

  /** The record of the decision; null where it is not worth one. */
  pass(name: string, { atMs, decision, reason }: TimedDecision): DecisionRecord | null {
    const gist = gistOf(decision);
    const last = this.#last.get(name);
    const isRepeat = last !== undefined && last.gist === gist && atMs - last.atMs < REPEAT_EVERY_MS;
    // The clock may have been set back.
    if (isRepeat && atMs >= last.atMs && decision.fromAcu === decision.toAcu) return null;
    this.#last.set(name, { atMs, gist });
    return { atMs, decision: { ...(rounded(decision) as Decision), reason } };
  }

  forget(name: string): void {
    this.#last.delete(name);
  }
}

function gistOf({ kind, toAcu, binding, hold, cap, hostSaturated }: Decision): string {
  return JSON.stringify([kind, toAcu, binding, hold.kind, hold.resource, cap, hostSaturated]);
}

/** Digits that mean nothing take most of the room. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Math.round(value * DECIMALS) / DECIMALS;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(rounded);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]));
}
