import type { Context } from 'hono';
import { AirglowError } from '../../errors.ts';
import { TransportError } from '../contracts.ts';
import type { ApiEnv } from './api-parts.ts';

const MOST_BODY_BYTES = 64 * 1024;
/** A token and an address. */
const MOST_FORM_BYTES = 8 * 1024;
const FORM_TYPE = 'application/x-www-form-urlencoded';

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

/** The fields of a form. Raises UNSUPPORTED_MEDIA_TYPE, TOO_LARGE. */
export async function readForm(context: Context<ApiEnv>): Promise<URLSearchParams> {
  if (typeOf(context) !== FORM_TYPE) {
    throw new TransportError('UNSUPPORTED_MEDIA_TYPE', `the body must be a form: ${FORM_TYPE}`);
  }
  return new URLSearchParams(await readText(context, MOST_FORM_BYTES));
}

/** A form of another site cannot send this type without asking first. */
function requireJsonType(context: Context<ApiEnv>): void {
  if (typeOf(context) === 'application/json') return;
  throw new TransportError(
    'UNSUPPORTED_MEDIA_TYPE',
    'the body must be JSON: send Content-Type: application/json',
  );
}

function typeOf(context: Context<ApiEnv>): string | undefined {
  return (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
}

/** What is said of the length may be wrong or missing, so the bytes are counted as they come. */
async function readText(context: Context<ApiEnv>, mostBytes = MOST_BODY_BYTES): Promise<string> {
  if (Number(context.req.header('content-length') ?? 0) > mostBytes) throw tooLarge(mostBytes);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(mostBytes: number): TransportError {
  return new TransportError('TOO_LARGE', `the body is longer than ${mostBytes / 1024} KiB`);
}
