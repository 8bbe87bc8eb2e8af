import { useCallback, useMemo } from 'react';
import type uPlot from 'uplot';
import { drawGaps, drawPauses } from '../../../charts/marks.ts';
import type { PlotSeries } from '../../../charts/plot-drawing.ts';
import { Plot } from '../../../charts/plot.tsx';
import { axisTop, highestOf } from '../../../charts/stack.ts';
import { withEnd, withEnds } from '../../../charts/steps.ts';
import { formatBytes, formatCount, formatPerSecond } from '../../../format/numbers.ts';
import { LineMark } from './line-mark.tsx';
import type { ReadLines, ReadMetric } from './reads-lines.ts';
import { formatPageTime } from './reads-words.ts';
import type { ShownAt } from './shown-at.ts';

const HEIGHT_PX = 130;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Each is told by its dashes as well as by its colour. */
interface Look {
  readonly metric: ReadMetric;
  readonly name: string;
  readonly color: string;
  readonly dash?: readonly number[];
}

const REQUESTS: readonly Look[] = [
  { metric: 'local.read_iops', name: 'reads', color: '#3d9bd6' },
  { metric: 'local.write_iops', name: 'writes', color: '#e69f00', dash: [6, 3] },
];
const TIMES: readonly Look[] = [
  { metric: 'local.read_ms', name: 'a read', color: '#3d9bd6' },
  { metric: 'local.write_ms', name: 'a write', color: '#e69f00', dash: [6, 3] },
];
const PLACES: readonly Look[] = [
  { metric: 'tier.used_bytes', name: 'pages in the tier', color: '#8c7bff' },
  { metric: 'temp.local_bytes', name: 'temporary objects here', color: '#009e73', dash: [8, 3] },
  { metric: 'temp.data_bytes', name: 'where the data is', color: '#d0572f', dash: [2, 3] },
];

export function RequestsChart(shown: ShownAt) {
  const { lines, index } = shown;
  const throughput: Partial<Record<ReadMetric, number | null>> = {
    'local.read_iops': lines['local.read_bytes_per_second'][index] ?? null,
    'local.write_iops': lines['local.write_bytes_per_second'][index] ?? null,
  };
  const textOf = (value: number | null, metric: ReadMetric): string => {
    const bytes = throughput[metric] ?? null;
    return `${formatPerSecond(value)}${bytes === null ? '' : `, ${formatBytes(bytes)}/s`}`;
  };
  return (
    <LocalChart
      {...shown}
      title="Requests a second"
      looks={REQUESTS}
      formatValue={formatCount}
      textOf={textOf}
    />
  );
}

export function TimesChart(shown: ShownAt) {
  return (
    <LocalChart
      {...shown}
      title="Time of a request"
      looks={TIMES}
      leastTop={0.1}
      formatValue={(value) => formatPageTime(value)}
      textOf={formatPageTime}
    />
  );
}

export function PlaceChart(shown: ShownAt) {
  const free = shown.lines['local.free_bytes'][shown.index] ?? null;
  // Whole GiB or MiB on the axis, rather than round numbers of bytes.
  const [unit, unitBytes] = highestIn(shown.lines, PLACES) >= GIB ? ['GiB', GIB] : ['MiB', MIB];
  return (
    <LocalChart
      {...shown}
      title="What is kept there"
      looks={PLACES}
      unitOf={unitBytes}
      formatValue={(value) => `${formatCount(value)} ${unit}`}
      textOf={(value) => (value === null ? '–' : formatBytes(value))}
      {...(free === null ? {} : { note: `${formatBytes(free)} free` })}
    />
  );
}

function highestIn(lines: ReadLines, looks: readonly Look[]): number {
  return highestOf(...looks.map(({ metric }) => lines[metric]));
}

function LocalChart({
  axis,
  lines,
  index,
  title,
  note,
  looks,
  leastTop = 1,
  unitOf = 1,
  formatValue,
  textOf,
}: ShownAt & {
  readonly title: string;
  readonly note?: string;
  readonly looks: readonly Look[];
  readonly leastTop?: number;
  /** What one on the axis stands for. */
  readonly unitOf?: number;
  readonly formatValue: (value: number) => string;
  readonly textOf: (value: number | null, metric: ReadMetric) => string;
}) {
  const { ink, atMs, periodMs, pauses, gaps, ...plotted } = axis;
  const series = useMemo(
    (): readonly PlotSeries[] =>
      looks.map(({ metric, name, color, dash }) => ({
        name,
        stroke: color,
        widthPx: 2,
        values: withEnd(lines[metric].map((value) => (value === null ? null : value / unitOf))),
        ...(dash === undefined ? {} : { dash }),
      })),
    [looks, lines, unitOf],
  );
  const drawBelow = useCallback((plot: uPlot) => drawPauses(plot, pauses, ink), [pauses, ink]);
  const drawAbove = useCallback((plot: uPlot) => drawGaps(plot, gaps, ink), [gaps, ink]);
  return (
    <div className="reads-chart">
      <div className="panel-head">
        <h3>{title}</h3>
        <span className="faint">{note ?? 'local storage'}</span>
      </div>
      <ul className="reads-keys">
        {looks.map(({ metric, name, color, dash }) => (
          <li key={metric}>
            <LineMark color={color} dash={dash} />
            {name} <strong>{textOf(lines[metric][index] ?? null, metric)}</strong>
          </li>
        ))}
      </ul>
      <Plot
        {...plotted}
        label={`Local storage, ${title.toLowerCase()}; the list above it says the same`}
        heightPx={HEIGHT_PX}
        atMs={useMemo(() => withEnds(atMs, periodMs), [atMs, periodMs])}
        series={series}
        top={axisTop(highestIn(lines, looks) / unitOf, [], leastTop)}
        ink={ink}
        formatValue={formatValue}
        drawBelow={drawBelow}
        drawAbove={drawAbove}
      />
    </div>
  );
}
