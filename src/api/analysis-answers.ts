import { z } from 'zod';
import { FINDING_KINDS, FINDING_SEVERITIES } from '../analysis/model.ts';
import type { Finding } from '../analysis/model.ts';
import { DIMENSIONS } from '../load/model.ts';

const atMs = z.number();

const finding: z.ZodType<Finding> = z.object({
  kind: z.enum(FINDING_KINDS),
  severity: z.enum(FINDING_SEVERITIES),
  title: z.string(),
  explanation: z.string(),
  evidence: z.array(z.object({ name: z.string(), value: z.string() })),
  advice: z.array(z.string()),
  fromMs: atMs,
  toMs: atMs,
  aas: z.number().nullable(),
  about: z.array(z.object({ dimension: z.enum(DIMENSIONS), key: z.string(), label: z.string() })),
});

/** Findings about a window, worst first; none is an answer, too. */
export const analysisAnswer = z.object({
  meta: z.object({
    target: z.string(),
    fromMs: atMs,
    toMs: atMs,
    coveredSeconds: z.number(),
    aas: z.number().nullable(),
    /** What is usual: the load of the time before; null where too little of it is known. */
    baseline: z.object({ fromMs: atMs, toMs: atMs, coveredSeconds: z.number(), aas: z.number() }).nullable(),
  }),
  /** What happened, in a few sentences. */
  summary: z.array(z.string()),
  findings: z.array(finding),
});
export type AnalysisAnswer = z.output<typeof analysisAnswer>;
