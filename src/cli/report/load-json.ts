import type { LoadSummary } from '../../load/summary.ts';
import { DIMENSIONS } from '../../load/model.ts';
import { labelOf } from '../dimensions.ts';
import type { Measurement } from './measure.ts';

/** The answer of `airglow load --json`; loads are average active sessions. Described in docs/cli.md. */
export function loadJson(summary: LoadSummary, measurement: Measurement): Record<string, unknown> {
  const { status, ticks, texts } = measurement;
  return {
    target: {
      name: status.target,
      address: status.address,
      version: status.engine?.version ?? null,
      isStandby: status.engine?.isStandby ?? null,
      vcpus: status.vcpus,
    },
    seconds: round(summary.coveredMs / 1000),
    requestedSeconds: measurement.requestedSeconds,
    coverage: round(coverageOf(summary, measurement)),
    ticks: summary.ticks,
    intervalMs: status.intervalMs,
    source: summary.source,
    sourceReason: status.sourceReason,
    aas: round(summary.aas),
    cpu: round(summary.cpu),
    cpuRunning: roundOrNull(summary.cpuRunning),
    cpuWaiting: roundOrNull(summary.cpuWaiting),
    nonCpu: round(summary.nonCpu),
    idleInTransaction: round(summary.idleInTransaction),
    background: round(summary.background),
    activeTimeAas: roundOrNull(summary.activeTimeAas),
    standardError: round(summary.standardError),
    by: Object.fromEntries(
      DIMENSIONS.map((dimension) => [
        dimension,
        summary.by[dimension].map(({ key, aas }) => ({
          key,
          label: labelOf(dimension, key, texts),
          aas: round(aas),
        })),
      ]),
    ),
    cost: {
      agentCpuMs: round(summary.cost.agentCpuMs),
      backendCpuMs: roundOrNull(summary.cost.backendCpuMs),
      tickMsP50: round(summary.cost.tickMsP50),
      tickMsP99: round(summary.cost.tickMsP99),
    },
    thinning: Math.max(1, ...ticks.map((tick) => tick.thinning)),
    hiddenShare: round(Math.max(0, ...ticks.map((tick) => tick.hiddenShare))),
    warnings: status.warnings,
  };
}

/** Share (0 to 1) of the measured period that was seen. */
export function coverageOf(summary: LoadSummary, { elapsedSeconds }: Measurement): number {
  return elapsedSeconds > 0 ? Math.min(1, summary.coveredMs / 1000 / elapsedSeconds) : 0;
}

function round(value: number): number {
  return Number(value.toFixed(4));
}

function roundOrNull(value: number | null): number | null {
  return value === null ? null : round(value);
}
