import { useMemo } from 'react';
import { useCapacity, useCluster } from '../../api/queries.ts';
import { moveMs } from '../../api/refresh.ts';
import { useDatabase } from '../../app/database.tsx';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';
import { FilterChips } from '../../ui/filter-chips.tsx';
import { Empty, Failure, Loading } from '../../ui/notes.tsx';
import { useNow } from '../../ui/use-now.ts';
import { WindowChoice } from '../../ui/window-choice.tsx';
import { useView } from '../../view/use-view.ts';
import { useShownLoad } from '../load/load-data.ts';
import { CapacityCharts } from './capacity-charts.tsx';
import { CapacityHead } from './capacity-head.tsx';
import { capacityRows } from './capacity-rows.ts';
import { EditPanel } from './edit-panel.tsx';
import { HistoryTable } from './history-table.tsx';
import { ReadsPanel } from './optimized-reads/reads-panel.tsx';
import './capacity.css';

/** Why a database has the capacity that it has, and had what it had. */
export function CapacityPage() {
  const { cluster } = useDatabase();
  if (cluster === null) {
    return (
      <Empty title="This database has no capacity to see">
        <p>It is only observed. Databases of `airglow up` scale, and tell here why.</p>
      </Empty>
    );
  }
  return <OfCluster known={cluster} />;
}

function OfCluster({ known }: { readonly known: ClusterAnswer }) {
  const { name, window, isTrusted } = useDatabase();
  const { state, change } = useView();
  const nowMs = useNow(moveMs(window));
  const cluster = useCluster(name, true).data ?? known;
  const { shown, error: loadError } = useShownLoad(
    { target: name, window, filters: state.filters },
    'db.wait_event',
    nowMs,
  );
  const { data: answer, error } = useCapacity(name, window);
  const rows = useMemo(() => (answer === undefined ? [] : capacityRows(answer)), [answer]);
  return (
    <>
      <h1 className="unseen">Capacity of {name}</h1>
      <CapacityHead cluster={cluster} used={answer?.used ?? null} />
      {shown !== null && (
        <div className="tools">
          <WindowChoice
            window={state.window}
            span={shown.span}
            nowMs={nowMs}
            onChange={(chosen) => change({ window: chosen })}
          />
        </div>
      )}
      <FilterChips
        filters={state.filters}
        labelOf={({ value }) => shown?.labelOf(value) ?? value}
        onChange={(filters) => change({ filters })}
      />
      {error !== null && <Failure error={error} />}
      {loadError !== null && <Failure error={loadError} />}
      {(answer === undefined || shown === null) && error === null && loadError === null && (
        <Loading what="capacity" />
      )}
      {answer !== undefined && shown !== null && (
        <CapacityCharts cluster={cluster} answer={answer} rows={rows} shown={shown} />
      )}
      {answer !== undefined && shown !== null && (
        <ReadsPanel cluster={cluster} answer={answer} shown={shown} />
      )}
      {answer !== undefined && <HistoryTable name={name} answer={answer} rows={rows} />}
      <EditPanel cluster={cluster} isTrusted={isTrusted} />
    </>
  );
}
