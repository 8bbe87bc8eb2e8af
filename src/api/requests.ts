import { z } from 'zod';
import { EVENT_SEVERITIES, PERIODS_SECONDS } from '../history/history.ts';
import type { DimensionFilter, PeriodSeconds } from '../history/history.ts';
import { ACTIVITIES, DIMENSIONS } from '../load/model.ts';
import type { Dimension } from '../load/model.ts';
import { MOST_LOG_LINES } from './cluster-rules.ts';
import { parseTime, TIME_FORMS } from './time.ts';

/**
 * What the API may be asked: one schema for the query string of each endpoint. Every parameter arrives as a list of
 * strings; `once` takes those that may be given a single time. Unknown parameters are refused, so that a misspelt
 * filter never passes for no filter.
 */

export const MAX_ROWS = 100;
const MAX_VALUE_LENGTH = 512;

const tooLong = `is longer than ${MAX_VALUE_LENGTH} characters`;
const text = z.string().min(1, 'is empty').max(MAX_VALUE_LENGTH, tooLong);

function once<Schema extends z.ZodType<unknown, string>>(schema: Schema) {
  return z
    .array(text)
    .max(1, 'is given more than once')
    .transform((values) => values[0] ?? '')
    .pipe(schema);
}

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` });

const dimension = oneOf(DIMENSIONS);

const time = z.string().transform((value, context) => {
  const expression = parseTime(value);
  if (expression) return expression;
  context.addIssue({ code: 'custom', message: `must be ${TIME_FORMS}` });
  return z.NEVER;
});

const period = z.string().transform((value, context): PeriodSeconds => {
  const seconds = PERIODS_SECONDS.find((known) => String(known) === value);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', message: `must be one of ${PERIODS_SECONDS.join(', ')} seconds` });
  return z.NEVER;
});

const upTo = (most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .refine((count) => count >= 1 && count <= most, `must be from 1 to ${most}`);

const list = (most: number) => z.array(text).min(1).max(most, `may be given at most ${most} times`);

/** `filter=db.user:app`; a dimension given several times is OR-ed, several dimensions are AND-ed. */
const filter = z
  .array(z.string().max(MAX_VALUE_LENGTH, tooLong))
  .max(50, 'may be given at most 50 times')
  .transform((values, context): DimensionFilter => {
    const result: Partial<Record<Dimension, string[]>> = {};
    for (const value of values) {
      const parsed = parseFilter(value);
      if (parsed) (result[parsed.dimension] ??= []).push(parsed.value);
      else
        context.addIssue({
          code: 'custom',
          message: `must be DIMENSION:VALUE, where DIMENSION is one of ${DIMENSIONS.join(', ')}`,
        });
    }
    return result;
  });

function parseFilter(value: string): { dimension: Dimension; value: string } | null {
  // Values have colons of their own (`IO:DataFileRead`); dimensions have none.
  const colon = value.indexOf(':');
  const name = dimension.safeParse(value.slice(0, Math.max(0, colon)));
  return name.success ? { dimension: name.data, value: value.slice(colon + 1) } : null;
}

const window = { from: once(time).optional(), to: once(time).optional() };
const selection = { ...window, activity: once(oneOf(ACTIVITIES)).optional(), filter: filter.optional() };

export const noQuery = z.strictObject({});

export const loadQuery = z.strictObject({
  ...selection,
  period: once(period).optional(),
  group_by: once(dimension).optional(),
  limit: once(upTo(MAX_ROWS)).optional(),
});

export const topQuery = z.strictObject({
  ...selection,
  group_by: once(dimension).optional(),
  partition_by: once(dimension).optional(),
  limit: once(upTo(MAX_ROWS)).optional(),
});

export const statementsQuery = z.strictObject({ ...selection, limit: once(upTo(MAX_ROWS)).optional() });

export const countersQuery = z.strictObject({
  ...window,
  period: once(period).optional(),
  metric: list(20),
  key: list(200).optional(),
  limit: once(upTo(MAX_ROWS)).optional(),
});

export const eventsQuery = z.strictObject({
  ...window,
  severity: once(oneOf(EVENT_SEVERITIES)).optional(),
  /** Part of the message or of the kind, in any case. */
  search: once(z.string()).optional(),
  limit: once(upTo(1000)).optional(),
});

export const decisionsQuery = z.strictObject({ ...window, limit: once(upTo(1000)).optional() });

export const capacityQuery = z.strictObject({ ...window, period: once(period).optional() });

export const analysisQuery = z.strictObject({ ...window });

export const urlQuery = z.strictObject({
  database: once(z.string().max(63, 'is longer than 63 characters')).optional(),
});

export const logsQuery = z.strictObject({ lines: once(upTo(MOST_LOG_LINES)).optional() });

export const liveQuery = z.strictObject({
  target: list(100).optional(),
  group_by: z.array(dimension).max(DIMENSIONS.length).optional(),
});

export type LoadParameters = z.output<typeof loadQuery>;
export type TopParameters = z.output<typeof topQuery>;
