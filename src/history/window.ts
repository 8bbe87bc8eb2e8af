import { AirglowError } from '../errors.ts';
import { ACTIVITIES, DIMENSIONS } from '../load/model.ts';
import {
  PERIODS_SECONDS,
  type CounterQuery,
  type LoadQuery,
  type PauseQuery,
  type PeriodSeconds,
  type RecordQuery,
  type SeriesQuery,
  type TopQuery,
} from './history.ts';

/** More points than any chart shows; a query for more is a mistake that would eat the memory. */
const MOST_PERIODS = 1_000_000;

export const DEFAULT_LIMIT = 10;
export const DEFAULT_EVENT_LIMIT = 1000;

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** All of these raise AirglowError INVALID_QUERY. */
export function checkSeriesQuery(query: SeriesQuery): void {
  checkLoadQuery(query);
  checkPeriod(query, query.periodSeconds);
  if (query.groupBy !== undefined) checkDimension(query.groupBy);
  checkLimit(query.limit);
}

export function checkTopQuery(query: TopQuery): void {
  checkLoadQuery(query);
  checkDimension(query.groupBy);
  if (query.partitionBy !== undefined) checkDimension(query.partitionBy);
  checkLimit(query.limit);
}

export function checkCounterQuery(query: CounterQuery): void {
  checkWindow(query);
  checkPeriod(query, query.periodSeconds);
}

export function checkPauseQuery(query: PauseQuery): void {
  checkWindow(query);
}

export function checkRecordQuery(query: RecordQuery): void {
  checkWindow(query);
  checkLimit(query.limit);
}

/** Starts of the periods that touch the window. */
export function periodStarts({ fromMs, toMs }: Window, periodSeconds: PeriodSeconds): number[] {
  const periodMs = periodSeconds * 1000;
  const starts: number[] = [];
  for (let atMs = periodStart(fromMs, periodMs); atMs < toMs; atMs += periodMs) starts.push(atMs);
  return starts;
}

export function periodStart(atMs: number, periodMs: number): number {
  return Math.floor(atMs / periodMs) * periodMs;
}

function checkLoadQuery(query: LoadQuery): void {
  checkWindow(query);
  if (query.activity !== undefined && !ACTIVITIES.includes(query.activity))
    throw invalid(`unknown activity "${query.activity}"; there are: ${ACTIVITIES.join(', ')}`);
  for (const dimension of Object.keys(query.filter ?? {})) checkDimension(dimension);
}

function checkWindow({ fromMs, toMs }: Window): void {
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs) || fromMs > toMs)
    throw invalid(`the window from ${fromMs} to ${toMs} is not a period of time`);
}

function checkPeriod({ fromMs, toMs }: Window, periodSeconds: number): void {
  if (!PERIODS_SECONDS.includes(periodSeconds as PeriodSeconds))
    throw invalid(`no period of ${periodSeconds} s; there are: ${PERIODS_SECONDS.join(', ')}`);
  if ((toMs - fromMs) / (periodSeconds * 1000) > MOST_PERIODS)
    throw invalid(
      `the window has more than ${MOST_PERIODS} periods of ${periodSeconds} s; take a longer period`,
    );
}

function checkDimension(dimension: string): void {
  if (!(DIMENSIONS as readonly string[]).includes(dimension))
    throw invalid(`unknown dimension "${dimension}"; there are: ${DIMENSIONS.join(', ')}`);
}

function checkLimit(limit: number | undefined): void {
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 0))
    throw invalid(`the limit must be a whole number, 0 or more, not ${limit}`);
}

function invalid(reason: string): AirglowError {
  return new AirglowError('INVALID_QUERY', `Cannot answer: ${reason}.`);
}
