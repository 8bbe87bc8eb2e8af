import { firstLine } from '../../api/first-line.ts';
import type { ClusterDescription, FleetMessage } from '../../daemon/fleet.ts';
import type { Up } from '../../daemon/up.ts';
import { clean } from '../terminal/text.ts';
import { formatAcu } from '../top/capacity-view.ts';
import { formatMoment, formatRange } from './amounts.ts';
import { endpointOf } from './cluster-table.ts';

/** `airglow up` has started: where everything is, each database, and what to do next. `option` names another folder. */
export function firstLines(
  { stateDir, url, tokenFile }: Pick<Up, 'stateDir' | 'url' | 'tokenFile'>,
  dashboard: readonly string[],
  clusters: readonly ClusterDescription[],
  enforcementNote: string | null,
  option: string,
): readonly string[] {
  return [
    `airglow is up; the state is in ${stateDir}`,
    `  ${url} serves figures; changes, SQL and passwords need the token in ${tokenFile}`,
    ...dashboard,
    ...clusters.map((cluster) => `  ${databaseLine(cluster)}`),
    enforcementNote === null
      ? '  Capacity is enforced by the kernel.'
      : `  Capacity is computed and shown, but not enforced: ${clean(enforcementNote)}`,
    clusters.length === 0
      ? `There is no database yet. From another terminal: airglow cluster create NAME${option}`
      : `Connect: psql "$(airglow cluster url ${clusters[0]?.name ?? 'NAME'}${option})"`,
    'Ctrl-C ends airglow; databases run on.',
  ];
}

export function databaseLine({
  name,
  status,
  statusReason,
  endpoint,
  capacity,
  engine,
}: ClusterDescription): string {
  const version = engine.version ?? engine.major;
  const reason = statusReason === null ? '' : ` (${clean(firstLine(statusReason))})`;
  const now = capacity.current > 0 ? `${formatAcu(capacity.current)} ACU, ` : '';
  return `${name}: ${status}${reason}, ${now}${formatRange(capacity)} ACU, PostgreSQL ${version} at ${endpointOf(endpoint)}`;
}

/** One line for what is news: a status, an event, a change of capacity. Most decisions change nothing. */
export class UpNews {
  readonly #timeZone: string | undefined;
  /** Names of databases that are being resumed. */
  readonly #resuming = new Set<string>();

  constructor(timeZone?: string) {
    this.#timeZone = timeZone;
  }

  linesOf(message: FleetMessage, nowMs: number): readonly string[] {
    const news = this.#isToldByEvents(message) ? null : newsOf(message);
    return news === null
      ? []
      : [`${formatMoment(nowMs, this.#timeZone).slice(11)} ${message.name}: ${clean(news)}`];
  }

  /** Events of a pause and a resume say all that the decision and the statuses do, and why. */
  #isToldByEvents(message: FleetMessage): boolean {
    if (message.kind === 'decision') return message.decision.decision.pause?.kind === 'due';
    if (message.kind !== 'status') return false;
    const { name, status } = message;
    if (status === 'resuming') this.#resuming.add(name);
    const wasResuming = status !== 'resuming' && this.#resuming.delete(name);
    return status === 'paused' || status === 'resuming' || (status === 'available' && wasResuming);
  }
}

function newsOf(message: FleetMessage): string | null {
  switch (message.kind) {
    case 'status':
      return message.status;
    case 'event':
      return firstLine(message.event.message);
    case 'decision': {
      const { fromAcu, toAcu } = message.decision.decision;
      return fromAcu === toAcu ? null : message.decision.reason;
    }
    case 'counters':
      return null;
  }
}

/** Airglow has ended; what goes on without it, and how that is ended. */
export function lastLines(clusters: readonly ClusterDescription[], option: string): readonly string[] {
  const running = clusters.filter(({ capacity }) => capacity.current > 0).map(({ name }) => name);
  const paused = clusters.filter(({ status }) => status === 'paused').map(({ name }) => name);
  const asleep =
    paused.length === 0
      ? []
      : [
          `${paused.join(', ')} ${paused.length === 1 ? 'stays' : 'stay'} paused; the next client wakes ${paused.length === 1 ? 'it' : 'each'}.`,
        ];
  if (running.length === 0) return ['airglow has ended; no database runs.', ...asleep];
  const one = running.length === 1;
  return [
    `airglow has ended; ${running.join(', ')} ${one ? 'runs' : 'run'} on at ${one ? 'its' : 'their'} maximum: nobody follows the load.`,
    ...asleep,
    `To stop a database: airglow up${option} again, then airglow cluster stop ${running[0] ?? 'NAME'}${option}`,
  ];
}
