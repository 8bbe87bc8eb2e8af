import type { Context } from 'hono';
import { AirglowError } from '../../errors.ts';
import { TransportError } from '../contracts.ts';
import type { ApiEnv } from './api-parts.ts';

const MOST_BODY_BYTES = 64 * 1024;

/** The JSON of a request. Raises UNSUPPORTED_MEDIA_TYPE, TOO_LARGE, INVALID_ARGUMENT. */
export async function readJson(context: Context<ApiEnv>): Promise<unknown> {
  requireJsonType(context);
  const text = await readText(context);
  try {
    return JSON.parse(text);
  } catch {
    throw new AirglowError('INVALID_ARGUMENT', 'the body is no JSON');
  }
}

/** For requests that say everything by their address; an empty JSON object is let through. */
export async function requireNoBody(context: Context<ApiEnv>): Promise<void> {
  const text = await readText(context);
  if (text === '') return;
  requireJsonType(context);
  if (text.trim() !== '{}') throw new AirglowError('INVALID_ARGUMENT', 'this request takes no body');
}

/** A form of another site cannot send this type without asking first. */
function requireJsonType(context: Context<ApiEnv>): void {
  const type = (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new TransportError(
    'UNSUPPORTED_MEDIA_TYPE',
    'the body must be JSON: send Content-Type: application/json',
  );
}

/** What is said of the length may be wrong or missing, so the bytes are counted as they come. */
async function readText(context: Context<ApiEnv>): Promise<string> {
  if (Number(context.req.header('content-length') ?? 0) > MOST_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): TransportError {
  return new TransportError('TOO_LARGE', `the body is longer than ${MOST_BODY_BYTES / 1024} KiB`);
}
