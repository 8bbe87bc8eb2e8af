/**
 * From when on something is worth a person's time. All of it is about load that was there: a share alone would find
 * fault with an idle database, a load alone with a large one.
 */

const SECOND = 1000;
const MIB = 1024 ** 2;

export const THRESHOLDS = {
  /** Shorter than this is a blip: nobody who looks can still do anything about it. */
  leastMs: 10 * SECOND,
  /** What stops for less than this and goes on is one stretch. */
  joinMs: 15 * SECOND,
  /** Ticks of a second are noisy: conditions are judged on means over this. */
  smoothMs: 10 * SECOND,

  baseline: {
    /** What busy and quiet hours of one day differ by is usual; beyond that it is a change. */
    ratio: 2.5,
    highRatio: 6,
    /** Below one session more there is nothing to find, however large the ratio. */
    leastMoreAas: 1,
  },

  cpu: {
    /** A third of those who could run did not: each statement takes half as long again as it should. */
    waitingShare: 0.33,
    leastWaitingAas: 0.5,
    highWaitingShare: 0.6,
    /** Without the kernel's view: more sessions on CPU than processors, beyond what sampling errs by. */
    overVcpus: 1.2,
    /** Those who waited did so for somebody else's sake if the database itself left so much of its processors unused. */
    ownUseShare: 0.7,
  },

  sql: {
    /** Half of all load is one statement's: mending it is worth more than mending all others. */
    share: 0.5,
    highShare: 0.8,
    leastAas: 1,
    /** What it did while it dominated must be a good part of what happened at all. */
    partOfAll: 0.25,
    /** A mean or a rate has changed, beyond chance. */
    changeRatio: 1.5,
  },

  locks: {
    /** Fewer seconds of waiting are what locks are for. */
    leastWaitedSeconds: 10,
    highSessions: 5,
    highWaitedSeconds: 600,
    /** As many waiters whose blocker was caught by no look make a finding of their own. */
    leastUnknownAas: 1,
    most: 5,
    /** It was idle in transaction if it was so for this share of the time in which others waited. */
    idleShare: 0.5,
  },

  idleInTransaction: {
    /** Longer than a person or a program may think between two statements. */
    leastMs: 60 * SECOND,
    mediumMs: 300 * SECOND,
    /** A session that stays idle counts as a whole one at every tick; what comes and goes does not. */
    leastSessions: 0.95,
    most: 3,
  },

  io: {
    share: 0.2,
    highShare: 0.5,
    leastAas: 0.5,
    /** Pages that were evicted and read again: memory is what is missing. */
    refaultBytesPerSecond: 4 * MIB,
    /** Of reads found in shared buffers. Working sets that fit have 0.99 and more. */
    hitRatio: 0.95,
    /** A read that memory served takes some 10 us, a local disk 0.1 ms, network storage 1 ms. */
    slowReadMs: 2,
  },

  temporaryFiles: {
    leastBytes: 100 * MIB,
    leastBytesPerSecond: MIB,
    mediumBytesPerSecond: 20 * MIB,
    waitShare: 0.1,
    mediumWaitShare: 0.25,
  },

  connections: {
    /** Each costs a fork, a login and a cold cache: some 5 ms of CPU. */
    sessionsPerSecond: 20,
    share: 0.15,
    leastAas: 0.5,
    highShare: 0.4,
  },

  capacity: {
    /** A burst that a bound cut for less than this was served soon after. */
    leastMs: 15 * SECOND,
    highMs: 300 * SECOND,
    /** A decision holds until the next one, or for this at most: then nothing is known. */
    decisionHoldsMs: 30 * SECOND,
    /** Capacity is held up if it stayed so far above what was asked for. */
    heldAcu: 1,
    heldShare: 0.8,
    pauseHeldMs: 300 * SECOND,
    /** Somebody who uses it, and yet does next to nothing. */
    idleAas: 0.02,
  },

  notObserved: { leastMs: 30 * SECOND, share: 0.05, mediumShare: 0.2 },
} as const;
