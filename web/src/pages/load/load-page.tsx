import { useState } from 'react';
import { DIMENSIONS, type Dimension } from '../../../../src/load/model.ts';
import { useDatabase } from '../../app/database.tsx';
import { useTheme } from '../../app/theme.ts';
import { LoadChart } from '../../charts/load-chart.tsx';
import { colorsOf } from '../../color/layer-colors.ts';
import { FilterChips } from '../../ui/filter-chips.tsx';
import { Failure, Loading } from '../../ui/notes.tsx';
import { WindowChoice } from '../../ui/window-choice.tsx';
import { DIMENSION_NAMES } from '../../view/dimension-names.ts';
import { zoomTo } from '../../view/time-window.ts';
import { toggleFilter } from '../../view/view-state.ts';
import { useView } from '../../view/use-view.ts';
import { Headline } from './headline.tsx';
import { Legend } from './legend.tsx';
import { useShownLoad } from './load-data.ts';
import { TopTable } from './top-table.tsx';
import { meanOf, useVcpuLines } from './vcpu-lines.ts';

const NO_TIMES: readonly number[] = [];

/** What loads the database: average active sessions over time, and what they are made of. */
export function LoadPage() {
  const { name, window } = useDatabase();
  const { state, change } = useView();
  const { ink } = useTheme();
  const { slice, filters } = state;
  const { shown, error } = useShownLoad({ target: name, window, filters }, slice);
  const vcpus = useVcpuLines(shown?.atMs ?? NO_TIMES);
  const [hovered, setHovered] = useState<number | null>(null);
  if (shown === null) return error === null ? <Loading what="the load" /> : <Failure error={error} />;
  const colorOf = colorsOf(
    slice,
    shown.layers.map(({ key }) => key),
  );
  return (
    <>
      <Headline shown={shown} vcpus={meanOf(vcpus.vcpus)} />
      <div className="tools">
        <WindowChoice
          window={state.window}
          span={shown.span}
          nowMs={Date.now()}
          onChange={(chosen) => change({ window: chosen })}
        />
        <SliceChoice slice={slice} onChange={(chosen) => change({ slice: chosen })} />
      </div>
      <FilterChips
        filters={filters}
        labelOf={({ value }) => shown.labelOf(value)}
        onChange={(next) => change({ filters: next })}
      />
      {error !== null && <Failure error={error} />}
      <section className="panel chart-with-legend" aria-label="Load over time">
        <LoadChart
          label={`Average active sessions by ${DIMENSION_NAMES[slice].one}; the table beside it says the same`}
          span={shown.span}
          periodMs={shown.periodMs}
          atMs={shown.atMs}
          layers={shown.layers}
          colorOf={colorOf}
          idleInTransaction={shown.idleInTransaction}
          gaps={shown.answer.meta.gaps}
          pauses={shown.answer.meta.pauses}
          ink={ink}
          {...vcpus}
          onZoom={(fromMs, toMs) => change({ window: zoomTo(fromMs, toMs) })}
          onHover={setHovered}
        />
        <Legend
          shown={shown}
          slice={slice}
          colorOf={colorOf}
          hovered={hovered}
          filters={filters}
          onFilter={(value) => change({ filters: toggleFilter(filters, { dimension: slice, value }) })}
        />
      </section>
      <TopTable />
    </>
  );
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
