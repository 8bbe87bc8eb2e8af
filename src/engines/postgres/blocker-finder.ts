import { BLOCKERS } from './sql/blockers.ts';
import { LockFinder } from './lock-finder.ts';
import { statementsOf } from './sql/sample.ts';
import type { ActivityTraits } from './sql/sample.ts';
import type { Link, Statement } from './link.ts';
import type { StatementCatalog, StatementRow } from './statement-catalog.ts';
import type { Blocking } from '../engine.ts';

/** A queue this long without a head is a deadlock or changes faster than it can be read. */
const CHAIN_MAX = 8;

interface Root {
  readonly session: string;
  readonly sqlId: string;
}

/** Follows who waits for whom to the head of the queue. One blocking session is told per waiting one. */
export class BlockerFinder {
  readonly #link: Link;
  readonly #catalog: StatementCatalog;
  readonly #describe: Statement;
  readonly #locks: LockFinder;

  constructor(link: Link, catalog: StatementCatalog, traits: ActivityTraits) {
    this.#link = link;
    this.#catalog = catalog;
    this.#describe = statementsOf(traits);
    this.#locks = new LockFinder(link, traits.versionNumber);
  }

  async find(waitingPids: readonly number[]): Promise<readonly Blocking[]> {
    const blockerOf = await this.#chains(waitingPids);
    const blocked = [...new Set(waitingPids)].flatMap((waitingPid) => {
      const blockingPid = blockerOf.get(waitingPid);
      return blockingPid === undefined
        ? []
        : [{ waitingPid, blockingPid, rootPid: headOf(waitingPid, blockerOf) }];
    });
    const roots = await this.#roots(blocked.map(({ rootPid }) => rootPid));
    const waits = await this.#locks.find(blocked.map(({ waitingPid }) => waitingPid));
    return blocked.map((one) => {
      const root = roots.get(one.rootPid);
      const wait = waits.get(one.waitingPid);
      return {
        ...one,
        rootSession: root?.session ?? `${one.rootPid}@0`,
        rootSqlId: root?.sqlId ?? '',
        lock: wait?.lock ?? null,
        waitStartedAtMs: wait?.startedAtMs ?? null,
      };
    });
  }

  /** Who blocks each pid, for the given ones and all that they wait for. Each is asked about once. */
  async #chains(waitingPids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const blockerOf = new Map<number, number>();
    const asked = new Set<number>();
    let next = [...new Set(waitingPids)];
    for (let depth = 0; depth < CHAIN_MAX && next.length > 0; depth += 1) {
      const rows = (await this.#link.run(BLOCKERS, [next])) as [number, number, boolean][];
      for (const pid of next) asked.add(pid);
      for (const [waiting, blocking] of rows) blockerOf.set(waiting, blocking);
      next = [
        ...new Set(rows.flatMap(([, blocking, waits]) => (waits && !asked.has(blocking) ? [blocking] : []))),
      ];
    }
    return blockerOf;
  }

  async #roots(pids: readonly number[]): Promise<ReadonlyMap<number, Root>> {
    const roots = new Map<number, Root>();
    const wanted = [...new Set(pids)].filter((pid) => pid !== 0);
    if (wanted.length === 0) return roots;
    const answer = await this.#link.run(this.#describe, [wanted, this.#catalog.knownKeys()]);
    const rows = answer as [number, number | null, StatementRow][];
    await this.#catalog.learn(
      rows.map(([, , statement]) => statement),
      performance.now(),
    );
    for (const [pid, startedAtMs, [key]] of rows) {
      const sqlId = (key !== null && this.#catalog.digestIdOf(key)) || '';
      roots.set(pid, { session: `${pid}@${Math.floor((startedAtMs ?? 0) / 1000)}`, sqlId });
    }
    return roots;
  }
}

/** In a deadlock there is no head: then it is where the circle closes. */
export function headOf(waitingPid: number, blockerOf: ReadonlyMap<number, number>): number {
  const passed = new Set<number>();
  let pid = waitingPid;
  for (let next = blockerOf.get(pid); next !== undefined && !passed.has(pid); next = blockerOf.get(pid)) {
    passed.add(pid);
    pid = next;
  }
  return pid;
}
