import {
  ACTIVITIES,
  type Activity,
  type Dimension,
  DIMENSIONS,
  type Tuple,
  type WeightedSample,
} from '../../load/model.ts';
import type { ColumnValues, Session } from './database.ts';
import { TUPLE_COLUMNS } from './schema.ts';

/** Beyond this many remembered tuples or texts the memory is emptied; what comes again gets another number. */
const MOST_REMEMBERED = 200_000;
/** Few values first, so that the tree branches late. */
const BRANCHING = [
  'db.session_type',
  'db.name',
  'db.user',
  'db.application',
  'db.host',
  'db.blocking_session',
  'db.blocking_sql',
  'db.sql_tokenized',
] as const satisfies Dimension[];
const LAST = 'db.wait_event';

/** Text to subtree; at the last dimension, text to number. Following it is cheaper than joining ten texts to a key. */
type Branch = Map<string, Branch | number>;

/** Numbers for the texts and tuples of one day's file. */
export class Dictionary {
  readonly #values = new Map<string, number>();
  #tuples: Branch = new Map();
  #tupleCount = 0;
  #nextValue: number;
  #nextTuple: number;
  #newValues: [ids: number[], texts: string[]] = [[], []];
  #newTuples: number[][] = emptyTupleColumns();

  private constructor(nextValue: number, nextTuple: number) {
    this.#nextValue = nextValue;
    this.#nextTuple = nextTuple;
  }

  static async load(session: Session, catalog: string): Promise<Dictionary> {
    const dictionary = new Dictionary(
      await nextId(session, `${catalog}.value`),
      await nextId(session, `${catalog}.tuple`),
    );
    await dictionary.#remember(session, catalog);
    return dictionary;
  }

  async #remember(session: Session, catalog: string): Promise<void> {
    const newest = `ORDER BY id DESC LIMIT ${MOST_REMEMBERED}`;
    const [valueIds, texts] = await session.columns(`SELECT id, text FROM ${catalog}.value ${newest}`);
    const textOf = new Map<unknown, string>();
    valueIds!.forEach((id, row) => {
      textOf.set(id, texts![row] as string);
      this.#values.set(texts![row] as string, id as number);
    });
    const [tupleIds, activities, ...dimensions] = await session.columns(
      `SELECT id, ${TUPLE_COLUMNS.join(', ')} FROM ${catalog}.tuple ${newest}`,
    );
    tupleIds!.forEach((id, row) => {
      const entries = DIMENSIONS.map((name, index) => [name, textOf.get(dimensions[index]![row])] as const);
      if (entries.every(([, text]) => text !== undefined))
        this.#rememberTuple(
          ACTIVITIES[activities![row] as number]!,
          Object.fromEntries(entries) as Tuple,
          id as number,
        );
    });
  }

  /** How many texts have been numbered, ever. */
  get valueCount(): number {
    return this.#nextValue - 1;
  }

  valueId(text: string): number {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    if (this.#values.size >= MOST_REMEMBERED) this.#values.clear();
    const id = this.#nextValue++;
    this.#values.set(text, id);
    this.#newValues[0].push(id);
    this.#newValues[1].push(text);
    return id;
  }

  tupleId({ activity, tuple }: WeightedSample): number {
    const branch = this.#lastBranch(activity, tuple);
    const known = branch.get(tuple[LAST]);
    if (known !== undefined) return known as number;
    const id = this.#nextTuple++;
    this.#rememberTuple(activity, tuple, id);
    const numbers = [
      id,
      ACTIVITIES.indexOf(activity),
      ...DIMENSIONS.map((name) => this.valueId(tuple[name])),
    ];
    numbers.forEach((value, column) => this.#newTuples[column]!.push(value));
    return id;
  }

  #rememberTuple(activity: Activity, tuple: Tuple, id: number): void {
    if (this.#tupleCount >= MOST_REMEMBERED) {
      this.#tuples = new Map();
      this.#tupleCount = 0;
    }
    this.#tupleCount++;
    this.#lastBranch(activity, tuple).set(tuple[LAST], id);
  }

  #lastBranch(activity: Activity, tuple: Tuple): Branch {
    let branch = branchOf(this.#tuples, activity);
    for (const dimension of BRANCHING) branch = branchOf(branch, tuple[dimension]);
    return branch;
  }

  /** What has been numbered since the last call, as columns of the tables `value` and `tuple`. */
  takeNew(): { readonly value: readonly ColumnValues[]; readonly tuple: readonly ColumnValues[] } {
    const added = { value: this.#newValues, tuple: this.#newTuples };
    this.#newValues = [[], []];
    this.#newTuples = emptyTupleColumns();
    return added;
  }
}

function branchOf(parent: Branch, text: string): Branch {
  let branch = parent.get(text) as Branch | undefined;
  if (!branch) parent.set(text, (branch = new Map()));
  return branch;
}

async function nextId(session: Session, table: string): Promise<number> {
  const [[next]] = (await session.columns(`SELECT COALESCE(MAX(id), 0) + 1 FROM ${table}`)) as [[number]];
  return next;
}

function emptyTupleColumns(): number[][] {
  return Array.from({ length: 2 + DIMENSIONS.length }, () => []);
}
