import { useMemo } from 'react';
import { useClusters, useSession, useTargets } from '../../api/queries.ts';
import { formatAcu, formatCount, formatLoad, formatMoney, formatShare } from '../../format/numbers.ts';
import { Empty, Failure, Loading } from '../../ui/notes.tsx';
import { Command } from '../../ui/copy-button.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useView } from '../../view/use-view.ts';
import { fleetRows, type FleetRow } from './fleet-row.ts';
import { FleetList } from './fleet-list.tsx';
import { searchRows, worstFirst } from './order.ts';
import { attentionOf, totalsOf } from './totals.ts';
import { Figure } from '../../ui/figure.tsx';
import './fleet.css';

/** Fewer than this are seen at a glance. */
const SEARCH_FROM = 9;

/** All databases at a glance, worst first. */
export function FleetPage() {
  const session = useSession();
  const targets = useTargets();
  const clusters = useClusters(session.data?.hasClusters ?? false);
  const { state, change } = useView();
  const rows = useMemo(
    () => worstFirst(fleetRows(targets.data?.targets ?? [], clusters.data?.clusters ?? [])),
    [targets.data, clusters.data],
  );
  const isWaiting = session.data === undefined || (session.data.hasClusters && clusters.isLoading);
  if (targets.data === undefined || isWaiting) {
    const error = targets.error ?? session.error;
    return error === null ? <Loading what="the databases" /> : <Failure error={error} />;
  }
  if (rows.length === 0) return <NoDatabase canCreate={session.data?.hasClusters ?? false} />;
  const found = searchRows(rows, state.search);
  const error = targets.error ?? clusters.error;
  return (
    <>
      <h1 className="unseen">Databases</h1>
      <Totals rows={rows} budgetAcu={clusters.data?.host.budgetAcu ?? null} />
      {error !== null && <Failure error={error} />}
      {(rows.length >= SEARCH_FROM || state.search !== '') && (
        <div className="tools">
          <SearchField
            label="Find a database"
            placeholder="Find a database"
            value={state.search}
            onChange={(search) => change({ search }, 'small')}
          />
          <span className="faint" role="status">
            {state.search === '' ? '' : `${found.length} of ${rows.length}`}
          </span>
        </div>
      )}
      {found.length === 0 ? (
        <Empty title={`No database fits “${state.search}”`}>
          <p>
            <button type="button" onClick={() => change({ search: '' })}>
              Show all {rows.length}
            </button>
          </p>
        </Empty>
      ) : (
        <FleetList rows={found} />
      )}
    </>
  );
}

function Totals({
  rows,
  budgetAcu,
}: {
  readonly rows: readonly FleetRow[];
  readonly budgetAcu: number | null;
}) {
  const totals = totalsOf(rows);
  const attention = attentionOf(rows);
  const { fixedMaximumCost, cost, acu } = totals;
  return (
    <section className="headline" aria-label="In all">
      <div className={`bottleneck ${attention.level}`}>
        <p className="bottleneck-title">{attention.title}</p>
        <p>
          {totals.databases === 1 ? '1 database' : `${totals.databases} databases`}
          {totals.asleep > 0 && `, ${totals.asleep} asleep`}
          {rows.length > 1 && '; worst first, sleeping ones last'}.
        </p>
      </div>
      <dl className="figures">
        <Figure name="AAS, last minute" value={formatLoad(totals.aas)} />
        {acu !== null && (
          <Figure
            name={budgetAcu === null ? 'capacity' : `capacity, of ${formatCount(budgetAcu)} on this host`}
            value={formatAcu(acu)}
          />
        )}
        {acu !== null && (
          <>
            <Figure name="used" value={`${formatCount(round(totals.acuHours))} ACU-h`} />
            <Figure
              name={
                fixedMaximumCost > cost
                  ? `${formatShare(fixedMaximumCost - cost, fixedMaximumCost)} below the fixed maximum`
                  : 'cost so far'
              }
              value={formatMoney(cost, totals.currency)}
            />
          </>
        )}
      </dl>
    </section>
  );
}

function NoDatabase({ canCreate }: { readonly canCreate: boolean }) {
  return (
    <section className="panel">
      <Empty title="No database yet">
        {canCreate && (
          <p>
            Make one that runs here: <Command text="airglow cluster create shop" />
          </p>
        )}
        <p>
          {canCreate ? 'Or watch one that you have' : 'Watch one that you have'}:{' '}
          <Command text="airglow watch postgres://user@host/database" />
        </p>
        <p>It appears here by itself.</p>
      </Empty>
    </section>
  );
}

/** More digits of an hour than this move with every answer. */
function round(acuHours: number): number {
  return Math.round(acuHours * 100) / 100;
}
