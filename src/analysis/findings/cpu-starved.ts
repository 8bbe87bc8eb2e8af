import { CPU, CPU_RUNNING, CPU_WAITING } from '../../load/model.ts';
import { about, at, culpritEvidence, isCpu, lasted } from '../evidence.ts';
import { hostRoom } from '../host-room.ts';
import type { AnalysisInput, PerPeriod } from '../input.ts';
import type { Finding } from '../model.ts';
import { averageIn, loadOf, meanIn, partWhere, smooth } from '../parts.ts';
import type { Part } from '../parts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { figure, percent, sqlName } from '../wording.ts';

const LIMITS = THRESHOLDS.cpu;

/** Sessions that could run and had no processor to run on. */
export function cpuStarved(input: AnalysisInput): Finding[] {
  const isMeasured = input.waits.some(({ key }) => key === CPU_RUNNING || key === CPU_WAITING);
  return isMeasured ? byKernel(input) : bySessions(input);
}

/** The kernel tells who ran and who waited. */
function byKernel(input: AnalysisInput): Finding[] {
  const running = loadOf(input, input.waits, (key) => key === CPU_RUNNING);
  const waiting = loadOf(input, input.waits, (key) => key === CPU_WAITING);
  const [meanRunning, meanWaiting] = [smooth(input, running), smooth(input, waiting)];
  const part = partWhere(input, (index) => {
    const [ran, waited] = [meanRunning[index] ?? 0, meanWaiting[index] ?? 0];
    return waited >= LIMITS.leastWaitingAas && waited >= LIMITS.waitingShare * (ran + waited);
  });
  if (part === null) return [];
  const [ran, waited] = [averageIn(input, running, part), averageIn(input, waiting, part)];
  const share = waited / (ran + waited);
  const vcpus = meanIn(input.vcpus, part);
  const isOthers = vcpus !== null && ran < LIMITS.ownUseShare * vcpus && !hasLimit(input, part);
  const on = vcpus === null ? '' : ` on ${figure(vcpus)} vCPU`;
  const most = culpritEvidence(input, isCpu, 'most CPU by');
  return [
    {
      kind: 'cpu-starved',
      severity: share >= LIMITS.highWaitingShare ? 'high' : 'medium',
      title: `CPU was short: of ${figure(ran + waited)} sessions that could run, ${figure(waited)} waited for a processor${on}`,
      explanation: isOthers
        ? 'The database itself left processors unused, so something else on the host used them.'
        : `Statements took ${figure((ran + waited) / Math.max(ran, 0.01))} times as long on CPU as their work needs.`,
      evidence: [
        lasted(part),
        {
          name: 'waiting for CPU',
          value: `${figure(waited)} sessions, ${percent(share)} of those that could run`,
        },
        { name: 'running', value: `${figure(ran)} sessions${on}` },
        ...most.evidence,
      ],
      advice: adviceOf(input, part, { id: most.id, isOthers }),
      ...at(part),
      aas: waited,
      about: [about('db.wait_event', CPU_WAITING, 'waiting for CPU'), ...most.about],
    },
  ];
}

/** Sampling only tells that there were more sessions on CPU than processors. */
function bySessions(input: AnalysisInput): Finding[] {
  const onCpu = loadOf(input, input.waits, (key) => key === CPU);
  const smoothed = smooth(input, onCpu);
  const vcpus = filled(input.vcpus);
  const part = partWhere(input, (index) => {
    const most = vcpus[index] ?? null;
    const load = smoothed[index] ?? 0;
    return (
      most !== null && most > 0 && load >= LIMITS.overVcpus * most && load - most >= LIMITS.leastWaitingAas
    );
  });
  if (part === null) return [];
  const [load, most] = [averageIn(input, onCpu, part), meanIn(vcpus, part) ?? 0];
  const waited = Math.max(0, load - most);
  const culprit = culpritEvidence(input, isCpu, 'most CPU by');
  return [
    {
      kind: 'cpu-starved',
      severity: waited / load >= LIMITS.highWaitingShare ? 'high' : 'medium',
      title: `CPU was short: ${figure(load)} sessions wanted ${figure(most)} vCPU`,
      explanation: `At least ${figure(waited)} of them waited for a processor at any time; sampling cannot tell which.`,
      evidence: [
        lasted(part),
        { name: 'on CPU or waiting for it', value: `${figure(load)} sessions` },
        { name: 'vCPUs', value: figure(most) },
        ...culprit.evidence,
      ],
      advice: adviceOf(input, part, { id: culprit.id, isOthers: false }),
      ...at(part),
      aas: waited,
      about: [about('db.wait_event', CPU, 'CPU'), ...culprit.about],
    },
  ];
}

function adviceOf(
  input: AnalysisInput,
  part: Part,
  { id, isOthers }: { readonly id: string; readonly isOthers: boolean },
): string[] {
  if (isOthers)
    return ['Find what else runs on this host (top, pidstat), and move it or the database to another one.'];
  const { capacity, texts } = input;
  const highest = capacity === null ? null : meanIn(capacity.acu, part);
  const isFull =
    capacity !== null && capacity.maxAcu !== null && highest !== null && highest >= capacity.maxAcu;
  return [
    ...(id === ''
      ? []
      : [
          `Make it cheaper or call it less often, beginning with EXPLAIN (ANALYZE, BUFFERS): ${sqlName(id, texts)}`,
        ]),
    ...(capacity === null
      ? ['Give the database more processors, or fewer sessions at a time by a connection pool.']
      : []),
    ...(isFull ? [maximumAdvice(input, part)] : []),
  ];
}

function maximumAdvice(input: AnalysisInput, part: Part): string {
  const { isUsedUp, advice } = hostRoom(input, part);
  return isUsedUp ? advice : 'Raise its maximum capacity; see the finding on its maximum.';
}

/** Its own limit, not the host, is what it waited for: capacity below its maximum grows by itself. */
function hasLimit({ capacity }: AnalysisInput, { fromMs, toMs }: Part): boolean {
  return (capacity?.decisions ?? []).some(
    ({ atMs, cpu }) =>
      atMs >= fromMs && atMs < toMs && cpu !== null && cpu.waitingForLimit > cpu.waitingForHost,
  );
}

/** Told now and then; in between it is what it was. */
function filled(values: PerPeriod): PerPeriod {
  let last: number | null = null;
  return values.map((value) => (last = value ?? last));
}
