import { z } from 'zod';
import { AirglowError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

/** Failures of the way to the API, beside the codes of src/errors.ts. */
export const TRANSPORT_ERRORS = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  BUSY: 503,
  INTERNAL: 500,
} as const;

export type TransportErrorCode = keyof typeof TRANSPORT_ERRORS;

export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string) {
    super(message);
    this.name = 'TransportError';
    this.code = code;
  }
}

/** Body of every answer that is not a success. */
export const errorAnswer = z.object({ code: z.string(), message: z.string() });
export type ErrorAnswer = z.output<typeof errorAnswer>;

const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  INVALID_QUERY: 400,
  SETTING_REFUSED: 400,
  POSTGRES_NOT_FOUND: 400,
  LOCAL_STORAGE_UNUSABLE: 400,
  UNKNOWN_TARGET: 404,
  CLUSTER_NOT_FOUND: 404,
  CLUSTER_EXISTS: 409,
  WRONG_STATUS: 409,
  PORT_IN_USE: 409,
  MEMORY_IN_USE: 409,
  TIER_UNAVAILABLE: 409,
  TIER_IN_USE: 409,
  NO_ANSWER: 504,
  STORE_LOCKED: 503,
  STORE_FULL: 503,
  STORE_CORRUPT: 503,
};

/** HTTP status and body for an error; what is not ours says nothing of the inside. */
export function describeError(error: unknown): { readonly status: number; readonly body: ErrorAnswer } {
  if (error instanceof TransportError) {
    return { status: TRANSPORT_ERRORS[error.code], body: { code: error.code, message: error.message } };
  }
  if (error instanceof AirglowError) {
    return { status: STATUS_OF[error.code] ?? 500, body: { code: error.code, message: error.message } };
  }
  return { status: 500, body: { code: 'INTERNAL', message: 'Airglow failed to answer; its log says why' } };
}
