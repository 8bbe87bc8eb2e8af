import { z } from 'zod';

/** What `GET /api/session` says to whoever asks: what a page may offer. */
export const sessionAnswer = z.object({
  version: z.string(),
  nowMs: z.number(),
  /** May read the text of SQL, and change what can be changed. */
  isTrusted: z.boolean(),
  /** `not needed` where this process has no token. */
  signIn: z.enum(['not needed', 'possible']),
  /** Databases run here, so there is capacity to see and to change. */
  hasClusters: z.boolean(),
});
export type SessionAnswer = z.output<typeof sessionAnswer>;
