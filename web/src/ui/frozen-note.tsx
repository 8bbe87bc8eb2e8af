import { formatClock } from '../format/times.ts';
import type { Frozen } from './use-frozen.ts';

/** Says when a window that moves was taken, and takes it anew. */
export function FrozenNote({
  frozen,
  done,
  again,
}: {
  readonly frozen: Frozen;
  /** As in `Compared`. */
  readonly done: string;
  /** As in `Compare again`. */
  readonly again: string;
}) {
  if (frozen.atMs === null) return null;
  return (
    <span className="choice">
      <span className="faint">
        {done} at <time dateTime={new Date(frozen.atMs).toISOString()}>{formatClock(frozen.atMs)}</time>
      </span>
      <button type="button" onClick={frozen.again}>
        {again}
      </button>
    </span>
  );
}
