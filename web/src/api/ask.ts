import type { ErrorAnswer } from '../../../src/api/api-error.ts';

/** What the daemon refuses, in its own words. */
export class RefusedError extends Error {
  /** As in docs/errors.md, or the name of a transport error. */
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'RefusedError';
    this.status = status;
    this.code = code;
  }
}

/** Nothing answers: the daemon is down, restarting, or out of reach. */
export class UnreachableError extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'Airglow does not answer. Is it still running? This page goes on by itself when it is back.',
      options,
    );
    this.name = 'UnreachableError';
  }
}

export type QueryWords = Readonly<Record<string, string | number | null | undefined | readonly string[]>>;

/** One question to the daemon that served this page. Raises RefusedError, UnreachableError. */
export async function ask<Answer>(
  path: string,
  words: QueryWords = {},
  signal?: AbortSignal,
): Promise<Answer> {
  return await send<Answer>(path + queryOf(words), { ...(signal === undefined ? {} : { signal }) });
}

/** Changes something; the daemon takes it only from who has signed in. Raises as {@link ask}. */
export async function change<Answer>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return await send<Answer>(path, { method, headers, body: JSON.stringify(body) });
}

/** The path of a target's resource. */
export function targetPath(target: string, resource: string): string {
  return `/api/targets/${encodeURIComponent(target)}/${resource}`;
}

export function clusterPath(name: string, resource?: string): string {
  return `/api/clusters/${encodeURIComponent(name)}${resource === undefined ? '' : `/${resource}`}`;
}

async function send<Answer>(address: string, init: RequestInit): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(address, { ...init, credentials: 'same-origin' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new UnreachableError({ cause: error });
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as Answer;
  const refusal = body as ErrorAnswer | null;
  throw refusal?.code === undefined
    ? new UnreachableError()
    : new RefusedError(response.status, refusal.code, refusal.message);
}

function queryOf(words: QueryWords): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(words)) {
    if (value === null || value === undefined) continue;
    const values = typeof value === 'object' ? value : [String(value)];
    for (const one of values) query.append(name, one);
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
