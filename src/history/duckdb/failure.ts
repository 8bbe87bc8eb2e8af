import { AirglowError } from '../../errors.ts';

export type FailureKind = 'full' | 'locked' | 'corrupt' | 'other';

/** DuckDB tells its failures apart by text only. */
export function kindOf(error: unknown): FailureKind {
  if (error instanceof AirglowError) {
    if (error.code === 'STORE_FULL') return 'full';
    if (error.code === 'STORE_LOCKED') return 'locked';
    if (error.code === 'STORE_CORRUPT') return 'corrupt';
  }
  const text = messageOf(error);
  if (/no space left|ENOSPC|disk quota exceeded|EDQUOT|file too large/i.test(text)) return 'full';
  if (/conflicting lock|could not set lock/i.test(text)) return 'locked';
  if (/corrupt|checksum|not a valid duckdb|could not read enough bytes|replaying WAL/i.test(text))
    return 'corrupt';
  return 'other';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
