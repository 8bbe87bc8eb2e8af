import { describeLock, relationsOf } from './describe-lock.ts';
import type { AwaitedLock, RelationName } from './describe-lock.ts';
import type { Link, Statement } from './link.ts';
import { awaitedLocks, RELATION_NAMES } from './sql/awaited-locks.ts';

export interface Wait {
  readonly lock: string;
  /** Null where the server does not tell. */
  readonly startedAtMs: number | null;
}

type LockRow = [
  pid: number,
  startedAtMs: number | null,
  type: string,
  mode: string,
  relation: string | null,
  isHere: boolean,
  transaction: string | null,
  classId: string | null,
  objectId: string | null,
  objectSubId: number | null,
  rowOf: string | null,
  changing: readonly string[],
  namesAreLocked: boolean,
];

/** Finds what sessions wait for, in words. */
export class LockFinder {
  readonly #link: Link;
  readonly #statement: Statement;

  constructor(link: Link, versionNumber: number) {
    this.#link = link;
    this.#statement = awaitedLocks(versionNumber);
  }

  /** By pid, those of the given ones that wait. */
  async find(pids: readonly number[]): Promise<ReadonlyMap<number, Wait>> {
    const waits = new Map<number, Wait>();
    if (pids.length === 0) return waits;
    const rows = (await this.#link.run(this.#statement, [pids])) as LockRow[];
    const found = rows.map((row) => ({ pid: row[0], startedAtMs: row[1], lock: toLock(row) }));
    const namesAreLocked = rows.some((row) => row[12]);
    const names = await this.#names(namesAreLocked ? [] : found.flatMap(({ lock }) => relationsOf(lock)));
    for (const { pid, startedAtMs, lock } of found)
      waits.set(pid, { lock: describeLock(lock, names), startedAtMs });
    return waits;
  }

  async #names(relations: readonly number[]): Promise<ReadonlyMap<number, RelationName>> {
    if (relations.length === 0) return new Map();
    const rows = (await this.#link.run(RELATION_NAMES, [[...new Set(relations)]])) as [
      string,
      string,
      string,
    ][];
    return new Map(rows.map(([number, kind, name]) => [Number(number), { kind, name }]));
  }
}

function toLock(row: LockRow): AwaitedLock {
  const [, , type, mode, relation, isHere, transaction, classId, objectId, objectSubId, rowOf, changing] =
    row;
  return {
    type,
    mode,
    relation: numberOf(relation),
    isHere,
    transaction,
    classId: numberOf(classId),
    objectId: numberOf(objectId),
    objectSubId,
    rowOf: numberOf(rowOf),
    changing: changing.map(Number),
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
