import { readBootId, readBootMs } from '../kernel/host-facts.ts';
import type { Moment } from './protocol.ts';

export function momentNow(): Moment {
  return { bootId: readBootId(), bootMs: readBootMs(), wallMs: Date.now() };
}
