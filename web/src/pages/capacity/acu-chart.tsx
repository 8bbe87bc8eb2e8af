import { useCallback, useMemo } from 'react';
import type uPlot from 'uplot';
import { drawGaps, drawLevelName, drawPauses } from '../../charts/marks.ts';
import type { PlotSeries } from '../../charts/plot-drawing.ts';
import { Plot } from '../../charts/plot.tsx';
import { withEnd, withEnds } from '../../charts/steps.ts';
import { highestOf } from '../../charts/stack.ts';
import { formatAcu, formatCount } from '../../format/numbers.ts';
import { drawBinding, drawChanges } from './change-marks.ts';
import type { CapacityLines } from './capacity-lines.ts';
import type { CapacityRow } from './capacity-rows.ts';
import { RESOURCE_LOOKS, RESOURCES } from './resources.ts';
import type { TimeAxis } from './time-axis.ts';

const HEIGHT_PX = 190;
/** A maximum so many times above what is used is told in words: drawn, it would press all else to the ground. */
const FAR_ABOVE = 20;

/** Capacity in force between its minimum and its maximum, with a mark at each change. */
export function AcuChart({
  axis,
  lines,
  rows,
}: {
  readonly axis: TimeAxis;
  readonly lines: CapacityLines;
  readonly rows: readonly CapacityRow[];
}) {
  const { ink, atMs, periodMs, pauses, gaps, ...plotted } = axis;
  const { acu, minAcu, maxAcu } = lines;
  const highest = highestOf(acu, minAcu);
  const highestMax = highestOf(maxAcu);
  const top = Math.max(1, highest, highestMax <= highest * FAR_ABOVE ? highestMax : 0) * 1.22;
  const series = useMemo(
    (): readonly PlotSeries[] => [
      { name: 'capacity', stroke: ink.accent, fill: `${ink.accent}38`, widthPx: 2, values: withEnd(acu) },
      { name: 'minimum', stroke: ink.faint, widthPx: 1.5, dash: [3, 4], values: withEnd(minAcu) },
      { name: 'maximum', stroke: ink.limit, widthPx: 1.5, dash: [7, 4], values: withEnd(maxAcu) },
    ],
    [acu, minAcu, maxAcu, ink],
  );
  const drawBelow = useCallback((plot: uPlot) => drawPauses(plot, pauses, ink), [pauses, ink]);
  const drawAbove = useCallback(
    (plot: uPlot) => {
      drawGaps(plot, gaps, ink);
      drawChanges(plot, rows, ink);
      const max = maxAcu.findLast((value) => value !== null) ?? null;
      const min = minAcu.findLast((value) => value !== null) ?? null;
      if (max !== null && max <= top) {
        const text = `maximum ${formatAcu(max)}`;
        drawLevelName(plot, { value: max, text, color: ink.limit, end: 'right' }, ink);
      }
      if (min !== null && min > 0) {
        const text = `minimum ${formatAcu(min)}`;
        drawLevelName(plot, { value: min, text, color: ink.faint, end: 'left' }, ink);
      }
    },
    [gaps, ink, rows, maxAcu, minAcu, top],
  );
  return (
    <Plot
      {...plotted}
      label="Capacity in ACU over time; the tables beside and below it say the same"
      heightPx={HEIGHT_PX}
      atMs={useMemo(() => withEnds(atMs, periodMs), [atMs, periodMs])}
      series={series}
      top={top}
      ink={ink}
      formatValue={formatCount}
      drawBelow={drawBelow}
      drawAbove={drawAbove}
    />
  );
}

/** What each resource asks for, against the capacity in force. */
export function DemandChart({ axis, lines }: { readonly axis: TimeAxis; readonly lines: CapacityLines }) {
  const { ink, atMs, periodMs, pauses, gaps, ...plotted } = axis;
  const { acu, demand, binding } = lines;
  const top = Math.max(1, highestOf(acu, ...Object.values(demand))) * 1.12;
  const series = useMemo(
    (): readonly PlotSeries[] => [
      { name: 'capacity', fill: `${ink.accent}22`, values: withEnd(acu) },
      ...RESOURCES.map((resource) => {
        const { name, color, dash } = RESOURCE_LOOKS[resource];
        const values = withEnd(demand[resource]);
        return { name, stroke: color, widthPx: 2, values, ...(dash === undefined ? {} : { dash }) };
      }),
    ],
    [acu, demand, ink],
  );
  const drawBelow = useCallback((plot: uPlot) => drawPauses(plot, pauses, ink), [pauses, ink]);
  const drawAbove = useCallback(
    (plot: uPlot) => {
      drawGaps(plot, gaps, ink);
      drawBinding(plot, atMs, periodMs, binding);
    },
    [gaps, ink, atMs, periodMs, binding],
  );
  return (
    <Plot
      {...plotted}
      label="Demand in ACU by resource over time; the table beside it says the same"
      heightPx={HEIGHT_PX}
      atMs={useMemo(() => withEnds(atMs, periodMs), [atMs, periodMs])}
      series={series}
      top={top}
      ink={ink}
      formatValue={formatCount}
      drawBelow={drawBelow}
      drawAbove={drawAbove}
    />
  );
}
