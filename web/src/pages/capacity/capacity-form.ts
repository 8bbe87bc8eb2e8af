import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';
import type { ModifyRequest } from '../../../../src/daemon/fleet.ts';
import { formatAcu, formatMoney, formatMs } from '../../format/numbers.ts';

/** What the fields hold, as it was typed. */
export interface CapacityFields {
  readonly min: string;
  readonly max: string;
  readonly pauseSeconds: string;
}

export interface Limits {
  /** What all databases of the host may use together, in ACU. */
  readonly budgetAcu: number;
}

export type Faults = Partial<Record<keyof CapacityFields, string>>;

const STEP = 0.5;
const LONGEST_PAUSE_SECONDS = 86_400;
const USUAL_PAUSE_SECONDS = 300;

export function fieldsOf({ capacity, pause }: ClusterAnswer): CapacityFields {
  return {
    min: String(capacity.min),
    max: String(capacity.max),
    pauseSeconds: String(pause.secondsUntilAutoPause ?? USUAL_PAUSE_SECONDS),
  };
}

/** What is wrong with what was typed, by field. */
export function faultsOf(fields: CapacityFields, { budgetAcu }: Limits): Faults {
  const [min, max] = [numberOf(fields.min), numberOf(fields.max)];
  const faults: { -readonly [Field in keyof CapacityFields]?: string } = {};
  if (!isOnGrid(min)) faults.min = 'Choose 0, or steps of 0.5 ACU, as in 0.5, 1 or 2.5.';
  if (!isOnGrid(max) || max < STEP) faults.max = 'Choose steps of 0.5 ACU from 0.5 on.';
  else if (max > budgetAcu) faults.max = `This host has ${formatAcu(budgetAcu)}; choose that at most.`;
  if (faults.min === undefined && faults.max === undefined && min > max) {
    faults.min = 'The minimum is above the maximum.';
  }
  const seconds = numberOf(fields.pauseSeconds);
  if (min === 0 && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_PAUSE_SECONDS)) {
    faults.pauseSeconds = 'Choose whole seconds from 1 to 86400 (a day).';
  }
  return faults;
}

/** Only what is to be changed; null where nothing is. The fields must have no faults. */
export function requestOf(fields: CapacityFields, { capacity, pause }: ClusterAnswer): ModifyRequest | null {
  const [min, max, seconds] = [
    numberOf(fields.min),
    numberOf(fields.max),
    numberOf(fields.pauseSeconds),
  ] as const;
  const isPauseChanged = min === 0 && seconds !== (pause.secondsUntilAutoPause ?? USUAL_PAUSE_SECONDS);
  const request: ModifyRequest = {
    ...(min === capacity.min ? {} : { minCapacity: min }),
    ...(max === capacity.max ? {} : { maxCapacity: max }),
    ...(isPauseChanged ? { secondsUntilAutoPause: seconds } : {}),
  };
  return Object.keys(request).length === 0 ? null : request;
}

/** What would be otherwise, in sentences. The fields must have no faults. */
export function consequencesOf(fields: CapacityFields, cluster: ClusterAnswer): readonly string[] {
  const { capacity, cost, pause } = cluster;
  const [min, max, seconds] = [numberOf(fields.min), numberOf(fields.max), numberOf(fields.pauseSeconds)];
  const hourly = (acu: number): string => formatMoney(acu * cost.pricePerAcuHour, cost.currency);
  const told = [
    min === 0
      ? `It costs ${hourly(max)} an hour at most, and nothing while it is asleep.`
      : `It costs from ${hourly(min)} to ${hourly(max)} an hour.`,
  ];
  if (capacity.min === 0 && min > 0) {
    told.push(
      'A minimum above 0 ends pausing: it is always awake, and never makes a client wait for a wake.',
    );
  }
  if (min === 0 && (capacity.min > 0 || seconds !== pause.secondsUntilAutoPause)) {
    told.push(`It is paused after ${formatMs(seconds * 1000)} without use, and wakes at the next query.`);
  }
  if (max < capacity.current) {
    told.push(`It uses ${formatAcu(capacity.current)} now, and goes down to ${formatAcu(max)} at once.`);
  }
  if (min > capacity.current && capacity.current > 0) {
    told.push(`It has ${formatAcu(capacity.current)} now, and goes up to ${formatAcu(min)} at once.`);
  }
  return told;
}

function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.trim().replace(',', '.'));
}

function isOnGrid(acu: number): boolean {
  return Number.isFinite(acu) && acu >= 0 && Number.isInteger(acu / STEP);
}
