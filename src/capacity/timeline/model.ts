import type { Decision } from '../model.ts';

/** Words of capacity over time. Times are wall clock, milliseconds since 1970; capacities in ACU. */

/** From inclusive, to exclusive. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A time in which capacity was the same. What no step covers is not known. */
export interface Step extends Stretch {
  readonly acu: number;
}

/** A decision out of the record, as far as something is made of it. */
export interface RecordedDecision {
  readonly atMs: number;
  readonly kind: Decision['kind'];
  readonly fromAcu: number;
  /** 0 where it asks for a pause. */
  readonly toAcu: number;
  readonly hold: { readonly kind: string };
  readonly pause: {
    readonly kind: string;
    readonly blockers?: readonly { readonly detail: string }[] | undefined;
  } | null;
  readonly reason: string;
}

/** A time asleep; `wokenBy` and `wakeMs` are null while it sleeps or where nothing is known. */
export interface PauseSpan extends Stretch {
  readonly wokenBy: string | null;
  /** From what woke it until everything ran again. */
  readonly wakeMs: number | null;
}

export interface CapacityChange {
  readonly atMs: number;
  readonly fromAcu: number;
  readonly toAcu: number;
  readonly reason: string;
}

export interface HeldStretch extends Step {
  /** As in a decision's hold, or `pause-waiting`, `pause-blocked`. */
  readonly kind: string;
  readonly reason: string;
}
