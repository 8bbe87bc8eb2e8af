/** What a session waits for, as the server's lock table has it. Numbers are those of its catalogs. */
export interface AwaitedLock {
  /** `relation`, `transactionid`, `tuple`, `advisory`, ... */
  readonly type: string;
  /** `AccessExclusiveLock`, ... */
  readonly mode: string;
  readonly relation: number | null;
  /** False for objects of a database that we are not connected to. */
  readonly isHere: boolean;
  /** Number of the transaction, virtual or not, that is waited for. */
  readonly transaction: string | null;
  readonly classId: number | null;
  readonly objectId: number | null;
  readonly objectSubId: number | null;
  /** The table of the row that the waiter is next in the queue for. */
  readonly rowOf: number | null;
  /** Relations that the waiter changes or locks rows of. */
  readonly changing: readonly number[];
}

export interface RelationName {
  /** As in `pg_class.relkind`. */
  readonly kind: string;
  readonly name: string;
}

export type RelationNames = ReadonlyMap<number, RelationName>;

const KINDS: Readonly<Record<string, string>> = {
  i: 'index',
  I: 'index',
  m: 'materialized view',
  S: 'sequence',
  v: 'view',
};

/** For people: `row of public.orders`, `table public.orders (AccessExclusiveLock)`, `advisory lock 42`. */
export function describeLock(lock: AwaitedLock, names: RelationNames): string {
  switch (lock.type) {
    case 'relation':
      return `${relationOf(lock, names)} (${lock.mode})`;
    case 'tuple':
      return `row of ${lock.isHere ? '' : 'table '}${bareRelationOf(lock, names)}`;
    case 'page':
      return `page of ${bareRelationOf(lock, names)}`;
    case 'extend':
      return `the extension of ${relationOf(lock, names)}`;
    case 'transactionid':
      return transactionOf(lock, names);
    case 'virtualxid':
      return `the end of transaction ${lock.transaction ?? ''} (virtual)`;
    case 'advisory':
      return `advisory lock ${advisoryKey(lock)}`;
    case 'object':
      return `object ${lock.objectId ?? ''} of catalog ${lock.classId ?? ''} (${lock.mode})`;
    default:
      return `${lock.type} (${lock.mode})`;
  }
}

/** Relations whose names tell more than their numbers. */
export function relationsOf({ isHere, relation, rowOf, changing, type }: AwaitedLock): number[] {
  const found = type === 'transactionid' ? [rowOf, ...changing] : isHere ? [relation] : [];
  return found.filter((number) => number !== null);
}

/** Mostly a row that the transaction has changed; which table it is in is told only where it can be no other. */
function transactionOf({ rowOf, changing, transaction }: AwaitedLock, names: RelationNames): string {
  const table = rowOf === null ? onlyTable(changing, names) : names.get(rowOf)?.name;
  if (table !== undefined) return `row of ${table}`;
  return transaction === null ? 'a transaction' : `transaction ${transaction}`;
}

/** A partition is found, not the table that it is a part of, which holds no rows. */
function onlyTable(relations: readonly number[], names: RelationNames): string | undefined {
  const tables = relations.map((number) => names.get(number)).filter((relation) => relation?.kind === 'r');
  return tables.length === 1 ? tables[0]?.name : undefined;
}

function relationOf(lock: AwaitedLock, names: RelationNames): string {
  const known = lock.relation === null ? undefined : names.get(lock.relation);
  if (known === undefined || !lock.isHere) return `table ${bareRelationOf(lock, names)}`;
  return `${KINDS[known.kind] ?? 'table'} ${known.name}`;
}

function bareRelationOf({ relation, isHere }: AwaitedLock, names: RelationNames): string {
  if (relation === null) return 'an unknown table';
  if (!isHere) return `${relation} of another database`;
  return names.get(relation)?.name ?? String(relation);
}

/** One number of 64 bits, or two of 32, as the functions take them. */
function advisoryKey({ classId, objectId, objectSubId }: AwaitedLock): string {
  if (classId === null || objectId === null) return '';
  if (objectSubId === 2) return `${classId | 0}, ${objectId | 0}`;
  return String(BigInt.asIntN(64, (BigInt(classId) << 32n) | BigInt(objectId)));
}
