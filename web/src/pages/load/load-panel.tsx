import { useMemo, useRef, useState } from 'react';
import { DIMENSIONS, type Dimension } from '../../../../src/load/model.ts';
import type { Selection } from '../../api/queries.ts';
import { moveMs } from '../../api/refresh.ts';
import { useDatabase } from '../../app/database.tsx';
import { useTheme } from '../../app/theme.ts';
import { LoadChart } from '../../charts/load-chart.tsx';
import { colorsOf } from '../../color/layer-colors.ts';
import { FilterChips } from '../../ui/filter-chips.tsx';
import { Failure, Loading, SignInNote } from '../../ui/notes.tsx';
import { saveCsv, savePng } from '../../ui/save.ts';
import { useNow } from '../../ui/use-now.ts';
import { WindowChoice } from '../../ui/window-choice.tsx';
import { DIMENSION_NAMES, isSql } from '../../view/dimension-names.ts';
import { spanOf, zoomTo } from '../../view/time-window.ts';
import { toggleFilter, type Filter } from '../../view/view-state.ts';
import { useView } from '../../view/use-view.ts';
import { Legend } from './legend.tsx';
import { csvOfLoad } from './load-csv.ts';
import { useShownLoad, type ShownLoad } from './load-data.ts';
import { useVcpuLines, type VcpuLines } from './vcpu-lines.ts';

const NO_TIMES: readonly number[] = [];

/** Load over time with all that chooses what of it is shown. `fixed` is a filter that the page itself stands for. */
export function LoadPanel({
  selection,
  label,
  fixed,
  renderHead,
}: {
  readonly selection: Selection;
  readonly label: string;
  readonly fixed?: Filter;
  /** What stands above it; gets what is shown. */
  readonly renderHead?: (shown: ShownLoad, vcpus: VcpuLines) => React.ReactNode;
}) {
  const { state, change } = useView();
  const { slice, filters } = state;
  const nowMs = useNow(moveMs(selection.window));
  const { isTrusted } = useDatabase();
  const isForOthers = isSql(slice) && !isTrusted;
  const { shown, error } = useShownLoad(selection, slice, nowMs, !isForOthers);
  const vcpus = useVcpuLines(shown?.atMs ?? NO_TIMES);
  const own = filters.filter(({ dimension }) => dimension !== fixed?.dimension);
  return (
    <>
      {shown !== null && renderHead?.(shown, vcpus)}
      <div className="tools">
        <WindowChoice
          window={state.window}
          span={shown?.span ?? spanOf(selection.window, nowMs)}
          nowMs={nowMs}
          onChange={(window) => change({ window })}
        />
        <SliceChoice slice={slice} onChange={(chosen) => change({ slice: chosen })} />
      </div>
      <FilterChips
        filters={own}
        labelOf={({ value }) => shown?.labelOf(value) ?? value}
        onChange={(next) => change({ filters: next })}
      />
      {error !== null && <Failure error={error} />}
      {isForOthers && <SignInNote />}
      {shown === null && error === null && !isForOthers && <Loading what="the load" />}
      {shown !== null && <LoadSection shown={shown} vcpus={vcpus} label={label} />}
    </>
  );
}

function LoadSection({
  shown,
  vcpus,
  label,
}: {
  readonly shown: ShownLoad;
  readonly vcpus: VcpuLines;
  readonly label: string;
}) {
  const { name } = useDatabase();
  const { state, change } = useView();
  const { ink } = useTheme();
  const [hovered, setHovered] = useState<number | null>(null);
  const chart = useRef<HTMLDivElement>(null);
  const { slice, filters } = state;
  const keys = shown.layers.map(({ key }) => key).join('\n');
  const colorOf = useMemo(() => colorsOf(slice, keys.split('\n')), [slice, keys]);
  return (
    <section className="panel chart-with-legend" aria-label={label}>
      <div ref={chart} aria-busy={shown.isOlder}>
        <LoadChart
          label={`${label}: average active sessions by ${DIMENSION_NAMES[slice].one}; the table beside it says the same`}
          span={shown.span}
          periodMs={shown.periodMs}
          atMs={shown.atMs}
          layers={shown.layers}
          colorOf={colorOf}
          idleInTransaction={shown.idleInTransaction}
          gaps={shown.gaps}
          pauses={shown.answer.meta.pauses}
          ink={ink}
          {...vcpus}
          onZoom={(fromMs, toMs) => change({ window: zoomTo(fromMs, toMs) })}
          onHover={setHovered}
        />
        <p className="chart-notes">
          <span className="faint">
            AAS in {shown.periodMs < 60_000 ? 'seconds' : formatPeriod(shown.periodMs)} · drag to zoom
            {shown.idleInTransaction.some((aas) => (aas ?? 0) > 0) &&
              ' · dotted: idle in transaction, which is no load'}
          </span>
          <span>
            <button
              type="button"
              className="plain"
              onClick={() => saveCsv(`${name}-load`, csvOfLoad(shown, slice))}
            >
              CSV
            </button>
            <button
              type="button"
              className="plain"
              onClick={() => {
                if (chart.current !== null) savePng(`${name}-load`, chart.current, ink.surface);
              }}
            >
              PNG
            </button>
          </span>
        </p>
      </div>
      <Legend
        shown={shown}
        slice={slice}
        colorOf={colorOf}
        hovered={hovered}
        filters={filters}
        onFilter={(value) => change({ filters: toggleFilter(filters, { dimension: slice, value }) })}
      />
    </section>
  );
}

function formatPeriod(periodMs: number): string {
  const minutes = periodMs / 60_000;
  if (minutes < 60) return minutes === 1 ? 'minutes' : `steps of ${minutes} minutes`;
  return minutes === 60 ? 'hours' : 'days';
}

function SliceChoice({
  slice,
  onChange,
}: {
  readonly slice: Dimension;
  readonly onChange: (slice: Dimension) => void;
}) {
  return (
    <label className="choice">
      Slice by
      <select value={slice} onChange={({ target }) => onChange(target.value as Dimension)}>
        {DIMENSIONS.map((dimension) => (
          <option key={dimension} value={dimension}>
            {DIMENSION_NAMES[dimension].one}
          </option>
        ))}
      </select>
    </label>
  );
}
