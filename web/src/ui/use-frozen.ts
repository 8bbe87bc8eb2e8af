import { useState } from 'react';
import { spanOf, type AskedWindow, type Span } from '../view/time-window.ts';
import { useNow } from './use-now.ts';

export interface Frozen {
  readonly span: Span;
  /** When it was taken; null for a window that does not move. */
  readonly atMs: number | null;
  /** Takes the moving window as it is now. */
  readonly again: () => void;
  /** The wall clock, to a few seconds. */
  readonly nowMs: number;
}

/** A window that stands still while one reads. It is taken anew when `shown`, the words for it, is another. */
export function useFrozen(window: AskedWindow, shown: string): Frozen {
  const nowMs = useNow(5000);
  const [taken, setTaken] = useState({ shown, atMs: nowMs, window });
  const present = taken.shown === shown ? taken : { shown, atMs: nowMs, window };
  if (present !== taken) setTaken(present);
  return {
    span: spanOf(present.window, present.atMs),
    atMs: present.window.kind === 'fixed' ? null : present.atMs,
    again: () => setTaken({ shown, atMs: Date.now(), window }),
    nowMs,
  };
}
