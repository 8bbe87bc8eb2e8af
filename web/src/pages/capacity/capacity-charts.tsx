import { useMemo, useRef, useState } from 'react';
import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import type { ClusterAnswer } from '../../../../src/api/cluster-answers.ts';
import { useTheme } from '../../app/theme.ts';
import { LoadChart } from '../../charts/load-chart.tsx';
import { waitColor } from '../../color/layer-colors.ts';
import { saveCsv, savePng } from '../../ui/save.ts';
import { zoomTo } from '../../view/time-window.ts';
import { toggleFilter } from '../../view/view-state.ts';
import { useView } from '../../view/use-view.ts';
import { Legend } from '../load/legend.tsx';
import type { ShownLoad } from '../load/load-data.ts';
import { useVcpuLines } from '../load/vcpu-lines.ts';
import { AcuChart, DemandChart } from './acu-chart.tsx';
import { csvOfLines, linesAt, pausesUpTo } from './capacity-lines.ts';
import type { CapacityRow } from './capacity-rows.ts';
import { CapacityAt, DemandAt, pointedAt } from './side-tables.tsx';
import type { TimeAxis } from './time-axis.ts';

const SYNC_KEY = 'capacity';
const LOAD_HEIGHT_PX = 200;
const WAIT = 'db.wait_event';

/** Capacity, what asked for it, and the load, below each other on one time axis. */
export function CapacityCharts({
  cluster,
  answer,
  rows,
  shown,
}: {
  readonly cluster: ClusterAnswer;
  readonly answer: CapacityAnswer;
  readonly rows: readonly CapacityRow[];
  readonly shown: ShownLoad;
}) {
  const { ink } = useTheme();
  const { state, change } = useView();
  const charts = useRef<HTMLElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const { atMs, periodMs, span, gaps } = shown;
  const { pausedAtMs } = cluster.pause;
  const pauses = useMemo(
    () => pausesUpTo(answer.pauses, pausedAtMs, span.toMs),
    [answer.pauses, pausedAtMs, span.toMs],
  );
  const current = cluster.capacity.current;
  const lines = useMemo(() => linesAt(atMs, answer, current), [atMs, answer, current]);
  const vcpus = useVcpuLines(atMs);
  const axis: TimeAxis = {
    ink,
    span,
    periodMs,
    atMs,
    pauses,
    gaps,
    syncKey: SYNC_KEY,
    onZoom: (fromMs, toMs) => change({ window: zoomTo(fromMs, toMs) }),
    onHover: setHovered,
  };
  const pointed = pointedAt(axis, lines, hovered);
  return (
    <section className="panel capacity-charts" aria-label="Capacity over time" ref={charts}>
      <div className="panel-head">
        <h2>Capacity</h2>
        <span className="faint">ACU in force; ▲ and ▼ are changes, with the reason beside them</span>
        <span className="spacer" />
        <button
          type="button"
          className="plain"
          onClick={() => saveCsv(`${cluster.name}-capacity-over-time`, csvOfLines(atMs, lines))}
        >
          CSV
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => {
            if (charts.current !== null) savePng(`${cluster.name}-capacity`, charts.current, ink.surface);
          }}
        >
          PNG
        </button>
      </div>
      <div className="chart-with-legend">
        <AcuChart axis={axis} lines={lines} rows={rows} />
        {pointed !== null && (
          <CapacityAt
            pointed={pointed}
            knownUntilMs={answer.meta.toMs - 1}
            axis={axis}
            lines={lines}
            rows={rows}
          />
        )}
      </div>
      <div className="panel-head">
        <h2>Demand by resource</h2>
        <span className="faint">
          ACU that each asks for; capacity follows the highest, and is the area behind
        </span>
      </div>
      <div className="chart-with-legend">
        <DemandChart axis={axis} lines={lines} />
        {pointed !== null && <DemandAt pointed={pointed} axis={axis} lines={lines} />}
      </div>
      <div className="panel-head">
        <h2>Load by wait</h2>
        <span className="faint">
          average active sessions; waits for locks and clients ask for no capacity, since more would not help
        </span>
      </div>
      <div className="chart-with-legend">
        <LoadChart
          label="Average active sessions by wait; the table beside it says the same"
          span={span}
          periodMs={periodMs}
          atMs={atMs}
          layers={shown.layers}
          colorOf={waitColor}
          idleInTransaction={shown.idleInTransaction}
          gaps={gaps}
          pauses={pauses}
          ink={ink}
          heightPx={LOAD_HEIGHT_PX}
          syncKey={SYNC_KEY}
          {...vcpus}
          onZoom={axis.onZoom}
          onHover={setHovered}
        />
        <Legend
          shown={shown}
          slice={WAIT}
          colorOf={waitColor}
          hovered={hovered}
          filters={state.filters}
          onFilter={(value) => change({ filters: toggleFilter(state.filters, { dimension: WAIT, value }) })}
        />
      </div>
    </section>
  );
}
