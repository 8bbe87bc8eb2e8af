/**
 * What daemon and sentinel say to each other, over a Unix socket in the state folder, one JSON object a line.
 *
 * The sentinel is a small process beside the daemon. It freezes a database, watches the sockets of its clients while
 * it is paused, and thaws it at the first byte. It lives on when the daemon dies: it goes on waking, and when two
 * seconds have passed without a sign of the daemon it lifts every limit to the maximum, since nobody follows the load.
 */

/** Raised when the two could not understand each other any more. */
export const PROTOCOL = 1;
/** A sign of life, both ways. */
export const BEAT_MS = 500;
/** Without any for so long the other one is given up. */
export const SILENCE_MS = 2_000;

/** What the sentinel has to know of a running database to look after it. */
export interface Guarded {
  /** Names its group, see `kernel/limits`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly postmaster: { readonly pid: number; readonly identity: string };
  /** System user that it runs as. */
  readonly uid: number;
  readonly port: number;
  /** What it gets when nobody is there to decide. */
  readonly most: { readonly acu: number; readonly cpus: number | null; readonly memoryBytes: number | null };
}

/** A moment on both clocks, as the meter counts them. */
export interface Moment {
  readonly bootId: string;
  readonly bootMs: number;
  readonly wallMs: number;
}

/** What ended a pause. */
export type WakeCause =
  | { readonly kind: 'connection'; readonly from: string | null }
  /** Bytes on an open connection, of the session with this backend. */
  | { readonly kind: 'bytes'; readonly pid: number }
  | { readonly kind: 'disconnect'; readonly pid: number }
  | { readonly kind: 'request' }
  /** Somebody signalled the postmaster, which cannot act on it while it is frozen. */
  | { readonly kind: 'signal' }
  /** The postmaster is gone. */
  | { readonly kind: 'ended' }
  /** The sentinel or the daemon died, and the other one would not leave it frozen. */
  | { readonly kind: 'orphaned' };

/** Why a pause did not come about. */
export type PauseRefusal =
  /** Something arrived, or a backend was in the middle of something: somebody uses it. */
  | { readonly kind: 'activity'; readonly detail: string }
  /** Not all processes stood still in time. */
  | { readonly kind: 'freeze-failed'; readonly detail: string }
  /** The kernel does not let us duplicate sockets or see what a process waits for: it will not, later, either. */
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'gone'; readonly detail: string };

/** From the daemon. Those with `call` are answered by `done`. */
export type Order =
  | { readonly kind: 'hello'; readonly protocol: number; readonly version: string; readonly pid: number }
  | { readonly kind: 'beat' }
  | { readonly kind: 'guard'; readonly call: number; readonly guarded: Guarded }
  /** It is stopped or deleted: thawed, if it was frozen, and watched no more. */
  | { readonly kind: 'forget'; readonly call: number; readonly id: string }
  /** `resumeAcu` is what it wakes with: the daemon sets it while it is frozen. */
  | { readonly kind: 'pause'; readonly call: number; readonly id: string; readonly resumeAcu: number }
  /** No error where it is awake. */
  | { readonly kind: 'wake'; readonly call: number; readonly id: string }
  /** Thaws everything and ends. */
  | { readonly kind: 'exit' };

export type Report =
  | {
      readonly kind: 'hello';
      readonly protocol: number;
      readonly version: string;
      readonly pid: number;
      /** Why nothing can be paused here, and the way out; null where it can. */
      readonly unavailable: string | null;
      /** What is paused now, and since when: of a sentinel that outlived a daemon. */
      readonly paused: readonly { readonly id: string; readonly at: Moment }[];
    }
  | { readonly kind: 'beat' }
  | { readonly kind: 'done'; readonly call: number; readonly outcome: Outcome }
  | {
      readonly kind: 'woken';
      readonly id: string;
      readonly cause: WakeCause;
      /** When it was noticed. */
      readonly at: Moment;
      /** From then until the kernel let everything go on. */
      readonly tookMs: number;
    };

export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'paused'; readonly at: Moment }
  | { readonly kind: 'refused'; readonly refusal: PauseRefusal }
  | { readonly kind: 'failed'; readonly message: string };

/** What the journal keeps, one JSON object a line: what was in force while no daemon could write the meter. */
export interface JournalEntry extends Moment {
  readonly id: string;
  readonly what: 'paused' | 'woken' | 'lifted';
  /** In force from that moment on, where the sentinel has set it: 0 for `paused`; null where it did not change it. */
  readonly acu: number | null;
  /** Why, for people. */
  readonly detail: string;
}
