/**
 * Which statements a session's CPU time belongs to. A session that used CPU is often seen idle, with the last
 * statement of its transaction; booking all CPU on that one would favour COMMIT. So every time a session is seen
 * working, its statement gets a vote; votes fade, and CPU is spread in their proportion. A session with few votes
 * borrows those of its peers: sessions of the same user, application and database.
 */
export class StatementMix {
  readonly #own = new Map<string, Votes>();
  readonly #peers = new Map<string, Votes>();
  readonly #halfLifeMs: number;

  constructor(halfLifeMs = 60_000) {
    this.#halfLifeMs = halfLifeMs;
  }

  /** The session was seen working on `sqlId`. */
  vote(session: string, peers: string, sqlId: string, nowMs: number): void {
    for (const [votesBy, key] of [
      [this.#own, session],
      [this.#peers, peers],
    ] as const) {
      const votes = votesBy.get(key) ?? { counts: new Map<string, number>(), fadedAtMs: nowMs };
      votesBy.set(key, votes);
      this.#fade(votes, nowMs);
      votes.counts.set(sqlId, (votes.counts.get(sqlId) ?? 0) + 1);
    }
  }

  /** Statement ids with their shares, which sum up to 1. `lastSqlId` serves where nobody has voted. */
  shares(session: string, peers: string, lastSqlId: string, nowMs: number): ReadonlyMap<string, number> {
    const own = this.#own.get(session);
    const ownTotal = own === undefined ? 0 : this.#fade(own, nowMs);
    const pool = this.#peers.get(peers);
    const poolTotal = pool === undefined ? 0 : this.#fade(pool, nowMs);
    const weights = new Map<string, number>(own?.counts);
    const borrowed = ENOUGH_VOTES - ownTotal;
    if (borrowed > 0 && pool !== undefined && poolTotal > 0) {
      for (const [sqlId, count] of pool.counts) {
        weights.set(sqlId, (weights.get(sqlId) ?? 0) + (borrowed * count) / poolTotal);
      }
    }
    if (weights.size === 0) return new Map([[lastSqlId, 1]]);
    return normalised(weights);
  }

  forget(session: string): void {
    this.#own.delete(session);
  }

  /** Lets the votes fade up to now, drops what is left of old ones, returns their sum. */
  #fade(votes: Votes, nowMs: number): number {
    const factor = 0.5 ** (Math.max(0, nowMs - votes.fadedAtMs) / this.#halfLifeMs);
    votes.fadedAtMs = nowMs;
    let total = 0;
    for (const [sqlId, count] of votes.counts) {
      const faded = count * factor;
      if (faded < FORGOTTEN_VOTE) votes.counts.delete(sqlId);
      else {
        votes.counts.set(sqlId, faded);
        total += faded;
      }
    }
    return total;
  }
}

/** From so many votes on a session is judged by its own. */
const ENOUGH_VOTES = 5;
const FORGOTTEN_VOTE = 0.02;

interface Votes {
  readonly counts: Map<string, number>;
  fadedAtMs: number;
}

function normalised(weights: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  let total = 0;
  for (const weight of weights.values()) total += weight;
  return new Map([...weights].map(([key, weight]) => [key, weight / total]));
}
