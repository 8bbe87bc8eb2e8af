/**
 * Runs of a policy as lines of JSON, to be decided again elsewhere: the state it began with, then what was seen and what
 * was decided. Who changes the state between two decisions (another maximum, a capacity that could not be applied) records
 * the new one.
 */
import { AirglowError } from '../errors.ts';
import type {
  CapacityAction,
  CapacityPolicy,
  CapacityState,
  Decision,
  Observation,
  Outcome,
} from './model.ts';

/** Raised when older recordings cannot be replayed any more. */
const FORMAT = 3;

interface StateRecord {
  readonly kind: 'state';
  readonly format: number;
  readonly policy: string;
  readonly state: CapacityState;
}

interface StepRecord {
  readonly kind: 'step';
  readonly now: number;
  readonly observation: Observation;
  readonly decision: Decision;
  readonly actions: readonly CapacityAction[];
}

/** The first line of a recording, and another one wherever the state changed other than by deciding. */
export function recordState(policy: string, state: CapacityState): string {
  return encode({ kind: 'state', format: FORMAT, policy, state } satisfies StateRecord);
}

/** One line for one decision. */
export function recordStep(observation: Observation, now: number, { decision, actions }: Outcome): string {
  return encode({ kind: 'step', now, observation, decision, actions } satisfies StepRecord);
}

export interface Replay {
  /** Decisions that were made again. */
  readonly steps: number;
  /** How many came out differently. After the first one others follow from it. */
  readonly differing: number;
  readonly firstDifference: Difference | null;
  /** The last line is not whole, as a killed recorder leaves it; it was left out. */
  readonly isCutOff: boolean;
}

export interface Difference {
  /** From 1. */
  readonly line: number;
  readonly now: number;
  /** As in `decision.hold.untilMs`. */
  readonly path: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

/** Decides a recording again. Raises INVALID_ARGUMENT where it is none, naming the line. */
export function replay(text: string, policy: CapacityPolicy): Replay {
  const { records, isCutOff } = parse(text);
  let state: CapacityState | null = null;
  let steps = 0;
  let differing = 0;
  let firstDifference: Difference | null = null;
  for (const { line, record } of records) {
    if (record.kind === 'state') {
      state = record.state;
      continue;
    }
    if (state === null) throw unreadable(line, 'a decision before any state');
    const { now, observation } = record;
    const outcome = policy.decide(state, observation, now);
    state = outcome.state;
    steps++;
    const found = difference(pick(record), pick(outcome), '');
    if (found === null) continue;
    differing++;
    firstDifference ??= { line, now, ...found };
  }
  return { steps, differing, firstDifference, isCutOff };
}

function pick({ decision, actions }: Pick<Outcome, 'decision' | 'actions'>): unknown {
  return { decision, actions };
}

interface Line {
  readonly line: number;
  readonly record: StateRecord | StepRecord;
}

function parse(text: string): { readonly records: readonly Line[]; readonly isCutOff: boolean } {
  const lines = text.split('\n');
  // Behind the last line end there is nothing, or what was being written.
  const rest = lines.pop() ?? '';
  const records = lines.flatMap((content, index): Line[] =>
    content === '' ? [] : [{ line: index + 1, record: parseLine(content, index + 1) }],
  );
  return { records, isCutOff: rest !== '' };
}

function parseLine(content: string, line: number): StateRecord | StepRecord {
  let record;
  try {
    record = decode(content) as Partial<StateRecord | StepRecord> | null;
  } catch {
    throw unreadable(line, 'no JSON');
  }
  if (record?.kind === 'state' && record.state !== undefined) {
    if (record.format !== FORMAT) throw unreadable(line, `of format ${record.format}, not ${FORMAT}`);
    return record as StateRecord;
  }
  if (record?.kind === 'step' && record.observation !== undefined) return record as StepRecord;
  throw unreadable(line, 'neither a state nor a decision');
}

function unreadable(line: number, reason: string): AirglowError {
  return new AirglowError(
    'INVALID_ARGUMENT',
    `Line ${line} of the recording cannot be replayed: it is ${reason}. Record anew with this version of Airglow.`,
  );
}

/** JSON has no infinity, and would make null of it, which means something else here. */
const NUMBER_KEY = '$number';

function encode(record: StateRecord | StepRecord): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { [NUMBER_KEY]: String(value) } : value,
  );
}

function decode(content: string): unknown {
  return JSON.parse(content, (_key, value: unknown) =>
    isObject(value) && typeof value[NUMBER_KEY] === 'string' ? Number(value[NUMBER_KEY]) : value,
  );
}

/** The first place where two values part; a property that is undefined is one that is not there. */
function difference(
  recorded: unknown,
  replayed: unknown,
  path: string,
): Pick<Difference, 'path' | 'recorded' | 'replayed'> | null {
  if (recorded === replayed || (Number.isNaN(recorded) && Number.isNaN(replayed))) return null;
  const isComparable = isObject(recorded) && isObject(replayed);
  if (!isComparable || Array.isArray(recorded) !== Array.isArray(replayed))
    return { path, recorded, replayed };
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
    const found = difference(recorded[key], replayed[key], path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
