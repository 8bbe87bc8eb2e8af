import { Link } from 'wouter';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { formatAcu, formatCount, formatMoney } from '../../format/numbers.ts';
import { formatAgo, formatMoment } from '../../format/times.ts';
import { useNow } from '../../ui/use-now.ts';
import type { FleetRow, RowState } from './fleet-row.ts';
import { LoadNow } from './load-now.tsx';
import { Sparkline } from './sparkline.tsx';

const TONES: Readonly<Record<RowState, Tone>> = {
  failed: 'danger',
  unreachable: 'danger',
  connected: 'good',
  connecting: 'info',
  changing: 'info',
  asleep: 'quiet',
  stopped: 'quiet',
  'recorded only': 'quiet',
};

const QUIET: ReadonlySet<RowState> = new Set(['asleep', 'stopped', 'recorded only']);

/** A database in each row; on a narrow screen a card of its own. */
export function FleetList({ rows }: { readonly rows: readonly FleetRow[] }) {
  const nowMs = useNow(10_000);
  return (
    <div className="panel fleet">
      <p className="fleet-head" aria-hidden="true">
        <span>Database</span>
        <span>Load of the last minute, against its vCPUs</span>
        <span>Last hour</span>
        <span>Capacity</span>
        <span>Used so far</span>
      </p>
      <ol className="fleet-list" aria-label="Databases, worst first">
        {rows.map((row) => (
          <Row key={row.name} row={row} nowMs={nowMs} />
        ))}
      </ol>
    </div>
  );
}

function Row({ row, nowMs }: { readonly row: FleetRow; readonly nowMs: number }) {
  const { name, state, told, cluster } = row;
  return (
    <li className={QUIET.has(state) ? 'quiet' : ''}>
      <article className="fleet-row" aria-label={name}>
        <div className="fleet-name">
          <h2>
            <Link href={`/db/${encodeURIComponent(name)}/load`}>{name}</Link>
          </h2>
          <Badge tone={TONES[state]}>{state === 'changing' ? told : state}</Badge>
          <p className="faint fleet-address">{whatItIs(row, nowMs)}</p>
        </div>
        <div className="fleet-load">
          <LoadNow row={row} />
        </div>
        <div className="fleet-hour">
          <Sparkline row={row} />
        </div>
        <div className="fleet-capacity">
          {cluster !== null ? (
            <>
              <p>
                <span className="fleet-label">capacity </span>
                <strong className="number">{formatAcu(cluster.capacity.current)}</strong>
              </p>
              <p className="faint number">
                {formatCount(cluster.capacity.min)}–{formatAcu(cluster.capacity.max)}
              </p>
            </>
          ) : (
            <p className="faint">{row.vcpus === null ? 'not known' : `${formatCount(row.vcpus)} vCPUs`}</p>
          )}
        </div>
        <div className="fleet-cost">
          {cluster !== null && (
            <>
              <p>
                <span className="fleet-label">used so far </span>
                <strong className="number">{formatCount(Number(cluster.acuHours.toFixed(2)))} ACU-h</strong>
              </p>
              <p className="faint number">{formatMoney(cluster.cost.amount, cluster.cost.currency)}</p>
            </>
          )}
        </div>
        {(state === 'failed' || state === 'unreachable') && <p className="fleet-error">{told}</p>}
      </article>
    </li>
  );
}

function whatItIs({ state, cluster, summary }: FleetRow, nowMs: number): string {
  const pausedAtMs = cluster?.pause.pausedAtMs ?? null;
  if (state === 'asleep' && pausedAtMs !== null) return `since ${formatAgo(pausedAtMs, nowMs)}`;
  if (state === 'recorded only' && summary?.lastMs != null) return `until ${formatMoment(summary.lastMs)}`;
  const version = cluster?.engine.version ?? null;
  if (version !== null) return `PostgreSQL ${version}`;
  return summary?.address ?? '';
}
