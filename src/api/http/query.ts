import type { Context } from 'hono';
import type { z } from 'zod';
import { AirglowError } from '../../errors.ts';
import { resolveTime } from '../time.ts';
import type { TimeExpression } from '../time.ts';
import { requireOrder } from '../window.ts';
import type { Window } from '../window.ts';
import type { ApiEnv } from './api-parts.ts';

const MAX_MESSAGE_LENGTH = 600;
const DEFAULT_WINDOW_MS = 3_600_000;

/** The query string as its schema says. Raises INVALID_QUERY that names each parameter that is wrong. */
export function readQuery<Schema extends z.ZodType>(
  context: Context<ApiEnv>,
  schema: Schema,
): z.output<Schema> {
  const result = schema.safeParse(context.req.queries());
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const [parameter] = issue.path;
    if (issue.code === 'unrecognized_keys') return `unknown parameter ${issue.keys.join(', ')}`;
    return parameter === undefined ? issue.message : `${String(parameter)} ${describe(issue)}`;
  });
  const message = [...new Set(faults)].join('; ');
  throw new AirglowError('INVALID_QUERY', message.slice(0, MAX_MESSAGE_LENGTH));
}

function describe(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' && issue.path.length === 1 ? 'is required' : issue.message;
}

/** The last hour unless told otherwise; without `from`, the hour before `to`. */
export function readWindow(
  query: { readonly from?: TimeExpression | undefined; readonly to?: TimeExpression | undefined },
  nowMs: number,
): Window {
  const toMs = query.to ? resolveTime(query.to, nowMs) : nowMs;
  const fromMs = query.from ? resolveTime(query.from, nowMs) : toMs - DEFAULT_WINDOW_MS;
  return requireOrder({ fromMs, toMs });
}
