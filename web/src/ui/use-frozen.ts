import { useState } from 'react';
import { spanOf, type AskedWindow, type Span } from '../view/time-window.ts';

export interface Frozen {
  readonly span: Span;
  /** When it was taken; null for a window that does not move. */
  readonly atMs: number | null;
  /** Takes the moving window as it is now. */
  readonly again: () => void;
}

/** A window that stands still while one reads; `shown` tells another one (the same words for the same window). */
export function useFrozen(window: AskedWindow, shown: string): Frozen {
  const [taken, setTaken] = useState(() => ({ shown, atMs: Date.now(), window }));
  const again = (): void => setTaken({ shown, atMs: Date.now(), window });
  let present = taken;
  if (taken.shown !== shown) {
    present = { shown, atMs: Date.now(), window };
    setTaken(present);
  }
  return {
    span: spanOf(present.window, present.atMs),
    atMs: present.window.kind === 'fixed' ? null : present.atMs,
    again,
  };
}
