import { useCallback, useMemo } from 'react';
import type uPlot from 'uplot';
import { TIER_READ } from '../../../../../src/load/model.ts';
import { drawGaps, drawPauses } from '../../../charts/marks.ts';
import type { PlotSeries } from '../../../charts/plot-drawing.ts';
import { Plot } from '../../../charts/plot.tsx';
import { axisTop, stackLayers } from '../../../charts/stack.ts';
import { withEnd, withEnds } from '../../../charts/steps.ts';
import { waitColor } from '../../../color/layer-colors.ts';
import { formatCount, formatPerSecond } from '../../../format/numbers.ts';
import { formatClock, formatMoment } from '../../../format/times.ts';
import { Swatch } from '../../../ui/chip.tsx';
import { formatPageTime, formatRatio } from './reads-words.ts';
import type { ShownAt } from './shown-at.ts';

const HEIGHT_PX = 170;
/** As the waits for them in the chart of load. */
const TIER_COLOR = waitColor(TIER_READ);
const STORAGE_COLOR = waitColor('IO:DataFileRead');

/** Pages from storage, and on top of them those that the tier has spared it. */
export function PagesChart({ axis, lines, index, isHovered }: ShownAt) {
  const { ink, atMs, periodMs, pauses, gaps, ...plotted } = axis;
  const storage = lines['tier.storage_reads_per_second'];
  const tier = lines['tier.hits_per_second'];
  const stack = useMemo(
    () =>
      stackLayers(
        [
          { key: 'storage', values: storage },
          { key: 'tier', values: tier },
        ],
        atMs.length,
      ),
    [storage, tier, atMs.length],
  );
  const series = useMemo((): readonly PlotSeries[] => {
    const [storageTop = [], tierTop = []] = stack.tops;
    return [
      { name: 'from the tier', fill: TIER_COLOR, values: withEnd(tierTop) },
      { name: 'from storage', fill: STORAGE_COLOR, values: withEnd(storageTop) },
    ];
  }, [stack]);
  const drawBelow = useCallback((plot: uPlot) => drawPauses(plot, pauses, ink), [pauses, ink]);
  const drawAbove = useCallback((plot: uPlot) => drawGaps(plot, gaps, ink), [gaps, ink]);
  const value = (metric: keyof ShownAt['lines']): number | null => lines[metric][index] ?? null;
  const at = atMs[index] ?? 0;
  const days = axis.span.toMs - axis.span.fromMs > 86_400_000;
  return (
    <div className="chart-with-legend">
      <Plot
        {...plotted}
        label="Pages a second from storage and from the second cache tier; the table beside it says the same"
        heightPx={HEIGHT_PX}
        atMs={useMemo(() => withEnds(atMs, periodMs), [atMs, periodMs])}
        series={series}
        top={axisTop(stack.highest, [])}
        ink={ink}
        formatValue={formatCount}
        drawBelow={drawBelow}
        drawAbove={drawAbove}
      />
      <div className="legend">
        <table>
          <caption>{isHovered ? (days ? formatMoment(at) : formatClock(at)) : 'at the end'}</caption>
          <tbody>
            <Row
              name="from the tier"
              color={TIER_COLOR}
              text={formatPerSecond(value('tier.hits_per_second'))}
            />
            <Row
              name="from storage"
              color={STORAGE_COLOR}
              text={formatPerSecond(value('tier.storage_reads_per_second'))}
            />
            <Row name="hit ratio of the tier" text={formatRatio(value('tier.hit_ratio'))} />
            <Row name="a page from the tier" text={formatPageTime(value('tier.read_ms'))} />
            <Row name="a page from storage" text={formatPageTime(value('storage.read_ms'))} />
          </tbody>
        </table>
        <p className="faint capacity-told">The time of a page is what a session waited for it.</p>
      </div>
    </div>
  );
}

function Row({
  name,
  color,
  text,
}: {
  readonly name: string;
  readonly color?: string;
  readonly text: string;
}) {
  return (
    <tr>
      <th scope="row">
        {color !== undefined && <Swatch color={color} />}
        <span className="ellipsis">{name}</span>
      </th>
      <td className="number">{text}</td>
    </tr>
  );
}
