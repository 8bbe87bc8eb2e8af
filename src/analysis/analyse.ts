import { capacityAtMaximum } from './findings/capacity-at-maximum.ts';
import { capacityHeld } from './findings/capacity-held.ts';
import { connectionStorm } from './findings/connection-storm.ts';
import { cpuStarved } from './findings/cpu-starved.ts';
import { dominatingSql } from './findings/dominating-sql.ts';
import { hostSaturated } from './findings/host-saturated.ts';
import { idleInTransaction } from './findings/idle-in-transaction.ts';
import { waitsForReads, waitsForWal } from './findings/io.ts';
import { loadAboveBaseline } from './findings/load-above-baseline.ts';
import { lockChains } from './findings/lock-chain.ts';
import { notObserved } from './findings/not-observed.ts';
import { optimizedReads } from './findings/optimized-reads.ts';
import { temporaryFiles } from './findings/temporary-files.ts';
import { waitsForTier } from './findings/tier-reads.ts';
import type { AnalysisInput } from './input.ts';
import { FINDING_SEVERITIES } from './model.ts';
import type { Finding } from './model.ts';
import { summaryOf } from './summary.ts';

/** What each finds by itself; causes before what they cause. */
const SEEKERS: readonly ((input: AnalysisInput) => Finding[])[] = [
  lockChains,
  cpuStarved,
  waitsForReads,
  waitsForTier,
  waitsForWal,
  optimizedReads,
  connectionStorm,
  temporaryFiles,
  dominatingSql,
  loadAboveBaseline,
  capacityAtMaximum,
  hostSaturated,
  idleInTransaction,
  capacityHeld,
  notObserved,
];

export interface Analysis {
  /** Sentences. */
  readonly summary: readonly string[];
  /** Worst first. */
  readonly findings: readonly Finding[];
}

export function analyse(input: AnalysisInput): Analysis {
  // Sorting keeps the order of what weighs the same.
  const findings = SEEKERS.flatMap((seek) => seek(input)).toSorted(worstFirst);
  return { summary: summaryOf(input, findings), findings };
}

function worstFirst(a: Finding, b: Finding): number {
  const bySeverity = FINDING_SEVERITIES.indexOf(a.severity) - FINDING_SEVERITIES.indexOf(b.severity);
  return bySeverity === 0 ? weightOf(b) - weightOf(a) : bySeverity;
}

/** Session-time that it explains. That load is high explains nothing, so it comes after what does. */
function weightOf({ kind, aas, fromMs, toMs }: Finding): number {
  return kind === 'load-above-baseline' ? 0 : (aas ?? 0) * (toMs - fromMs);
}
