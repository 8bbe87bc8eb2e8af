import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import { formatAas, formatDuration } from '../terminal/numbers.ts';
import { paint, span, type ColorDepth, type Ink, type Line } from '../terminal/paint.ts';
import { clean, wrap } from '../terminal/text.ts';
import { money } from '../top/capacity-header.ts';
import { formatAcu, savedShare } from '../top/capacity-view.ts';
import { formatAcuHours, formatMoment, formatRange, formatResources } from './amounts.ts';
import { endpointOf } from './cluster-table.ts';
import { optimizedReadsFacts } from './optimized-reads-facts.ts';
import { pauseFacts } from './pause-facts.ts';

export interface DescriptionOptions {
  readonly width: number;
  readonly color: ColorDepth;
  readonly now: number;
  readonly timeZone?: string;
}

type Fact = readonly [label: string, text: string, ink?: Ink];

const LABEL_WIDTH = 16;
const FAINT: Ink = { dim: true };
const STRONG: Ink = { bold: true };
const CAUTION: Ink = { fg: { c256: 220, c16: 93 } };

/** The printed answer of `airglow cluster describe`. */
export function renderDescription(cluster: ClusterAnswer, options: DescriptionOptions): readonly string[] {
  const facts: readonly Fact[] = [
    ['status', statusOf(cluster), cluster.statusReason === null ? {} : CAUTION],
    ['endpoint', endpointOf(cluster.endpoint)],
    ['engine', engineOf(cluster)],
    ['capacity', capacityOf(cluster)],
    ...pausingOf(cluster, options),
    ...optimizedReadsFacts(cluster).map(
      ({ part, text, isAmiss }) => [part, text, isAmiss ? CAUTION : {}] as const,
    ),
    ['enforced', enforcementOf(cluster), cluster.enforced ? {} : CAUTION],
    ['load', loadOf(cluster)],
    ['used', usedOf(cluster)],
    ...(cluster.lastDecision === null ? [] : [['last decision', decisionOf(cluster, options.now)] as const]),
    ...(hasEntries(cluster.parameters) ? [['parameters', parametersOf(cluster)] as const] : []),
    ...(cluster.pendingRestart.length > 0
      ? [['needs restart', cluster.pendingRestart.join(', '), CAUTION] as const]
      : []),
    ['network', networkOf(cluster)],
    ['system user', cluster.osUser],
    ['created', formatMoment(cluster.createdAtMs, options.timeZone)],
    ...cluster.notes.map((note, index) => [index === 0 ? 'notes' : '', note] as const),
  ];
  const heading: Line = [span(clean(cluster.name), STRONG)];
  const lines = [
    heading,
    ...facts.flatMap(([label, text, ink]) => fact(label, text, ink ?? {}, options.width)),
  ];
  return lines.map((line) => paint(line, options.width, options.color).trimEnd());
}

function fact(label: string, text: string, ink: Ink, width: number): readonly Line[] {
  return wrap(clean(text), width - LABEL_WIDTH - 2).map((part, index) => [
    span(`  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}`, FAINT),
    span(part, ink),
  ]);
}

function statusOf({ status, statusReason }: ClusterAnswer): string {
  return statusReason === null ? status : `${status}: ${statusReason}`;
}

function engineOf({ engine: { version, major, source, pendingVersion } }: ClusterAnswer): string {
  const pending = pendingVersion === null ? '' : `; ${pendingVersion} after a restart`;
  return `PostgreSQL ${version ?? major} (${source})${pending}`;
}

function capacityOf({ capacity, shape }: ClusterAnswer): string {
  const { current } = capacity;
  const made = current > 0 ? ` (${formatResources(current, shape)})` : '';
  return `${formatAcu(current)} ACU now${made}, ${formatRange(capacity)}`;
}

function pausingOf(cluster: ClusterAnswer, options: DescriptionOptions): readonly Fact[] {
  const { plan, paused, woken } = pauseFacts(cluster, options);
  const isCautious = plan !== null && cluster.pause.unavailable !== null;
  const facts: readonly (readonly [string | null, Ink])[] = [
    [paused, {}],
    [plan, isCautious ? CAUTION : {}],
    [woken, {}],
  ];
  return facts
    .filter((entry): entry is readonly [string, Ink] => entry[0] !== null)
    .map(([text, ink], index) => [index === 0 ? 'pausing' : '', text, ink]);
}

function enforcementOf({ enforced, enforcementNote }: ClusterAnswer): string {
  return enforced ? 'yes, by the kernel' : `no: ${enforcementNote ?? 'nothing says why'}`;
}

function loadOf({ load }: ClusterAnswer): string {
  if (load === null) return 'not observed';
  const { aas, cpuRunning, cpuWaiting, nonCpu } = load;
  const cpu =
    cpuRunning === null || cpuWaiting === null
      ? ''
      : `CPU running ${formatAas(cpuRunning)}, waiting for CPU ${formatAas(cpuWaiting)}, `;
  return `${formatAas(aas)} AAS in the last minute: ${cpu}other waits ${formatAas(nonCpu)}`;
}

function usedOf(cluster: ClusterAnswer): string {
  const { acuHours, cost, capacity } = cluster;
  const saved = savedShare({ ...cluster, parameters: cluster.parameters ?? {} });
  const fixed = money(cost.currency, cost.fixedMaximumAmount);
  const less =
    saved === null
      ? ''
      : `, ${Math.round(saved * 100)} % less than the ${fixed} of a fixed ${formatAcu(capacity.max)} ACU`;
  const price = `${cost.pricePerAcuHour} ${clean(cost.currency)} an ACU-hour`;
  const running = formatDuration(cost.runningSeconds * 1000);
  return `${formatAcuHours(acuHours)} ACU-hours in ${running}: ${money(cost.currency, cost.amount)}${less} (${price})`;
}

function decisionOf({ lastDecision }: ClusterAnswer, now: number): string {
  if (lastDecision === null) return '';
  return `${formatDuration(Math.max(0, now - lastDecision.atMs))} ago: ${lastDecision.reason}`;
}

function hasEntries(parameters: ClusterAnswer['parameters']): boolean {
  return Object.keys(parameters ?? {}).length > 0;
}

function parametersOf({ parameters }: ClusterAnswer): string {
  return Object.entries(parameters ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function networkOf({ network: { listen, allow, tls } }: ClusterAnswer): string {
  const from = allow.length === 0 ? '' : `, from ${allow.join(', ')}`;
  return `listens on ${listen}${from}${tls ? ', TLS' : ''}`;
}
