/**
 * Every error that Airglow raises on purpose. The set is closed: a new failure gets a new code here and a
 * line in docs/errors.md. `user` errors can be mended by whoever runs the command, so their message says how.
 */
export const ERROR_CODES = {
  // The address of a database, or what the user typed.
  INVALID_ARGUMENT: 'user',
  INVALID_URL: 'user',
  // The database and the way to it.
  DATABASE_UNREACHABLE: 'user',
  DATABASE_REFUSED: 'user',
  AUTHENTICATION_FAILED: 'user',
  TOO_MANY_CONNECTIONS: 'user',
  UNSUPPORTED_VERSION: 'user',
  INSUFFICIENT_PRIVILEGE: 'user',
  CONNECTION_LOST: 'system',
  STATEMENT_TIMEOUT: 'system',
  NO_ANSWER: 'system',
  // The history store.
  STORE_LOCKED: 'user',
  STORE_FULL: 'user',
  STORE_CORRUPT: 'system',
  INVALID_QUERY: 'user',
  // Limits of processes.
  LIMIT_REFUSED: 'system',
  MEMORY_IN_USE: 'system',
  GROUP_GONE: 'system',
  FREEZE_FAILED: 'system',
  // Local storage.
  TIER_UNAVAILABLE: 'user',
  TIER_IN_USE: 'user',
  LOCAL_STORAGE_UNUSABLE: 'user',
  // Databases that Airglow runs.
  CLUSTER_NOT_FOUND: 'user',
  CLUSTER_EXISTS: 'user',
  WRONG_STATUS: 'user',
  STATE_LOCKED: 'user',
  STATE_CORRUPT: 'system',
  SETTING_REFUSED: 'user',
  DAEMON_NOT_RUNNING: 'user',
  // What runs here.
  PORT_IN_USE: 'user',
  POSTGRES_NOT_FOUND: 'user',
  POSTGRES_FAILED: 'system',
  UNKNOWN_TARGET: 'user',
  SERVICE_FAILED: 'user',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export class AirglowError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AirglowError';
    this.code = code;
  }

  /** Whether the person who runs the command can mend it. */
  get isUserError(): boolean {
    return ERROR_CODES[this.code] === 'user';
  }
}
