import { OTHER } from '../../../../src/history/history.ts';
import { useTheme } from '../../app/theme.ts';
import { LoadChart } from '../../charts/load-chart.tsx';
import { axisTop, highestOf, stackLayers } from '../../charts/stack.ts';
import { stackingOrder, waitColor } from '../../color/layer-colors.ts';
import { formatLoad, formatShare } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';
import { Swatch } from '../../ui/chip.tsx';
import { Empty, Loading } from '../../ui/notes.tsx';
import { nameOfKey } from '../../view/dimension-names.ts';
import { zoomTo, type AskedWindow } from '../../view/time-window.ts';
import { useView } from '../../view/use-view.ts';
import type { ShownLoad } from '../load/load-data.ts';
import { useVcpuLines, type VcpuLines } from '../load/vcpu-lines.ts';

interface Side {
  readonly shown: ShownLoad | null;
  readonly window: AskedWindow;
}

const NO_TIMES: readonly number[] = [];
const HEIGHT_PX = 230;

/** Both times on the same vertical axis, so that heights can be compared. */
export function SideCharts({
  before,
  after,
  nowMs,
  error,
}: {
  readonly before: Side;
  readonly after: Side;
  readonly nowMs: number;
  readonly error: Error | null;
}) {
  const linesBefore = useVcpuLines(before.shown?.atMs ?? NO_TIMES, before.window);
  const linesAfter = useVcpuLines(after.shown?.atMs ?? NO_TIMES, after.window);
  if (before.shown === null || after.shown === null) {
    return error === null ? <Loading what="both times" /> : null;
  }
  const top = axisTop(Math.max(heightOf(before.shown), heightOf(after.shown)), [
    highestOf(linesBefore.vcpus ?? []),
    highestOf(linesAfter.vcpus ?? []),
    linesAfter.mostVcpus,
  ]);
  return (
    <section className="panel" aria-label="Load over time">
      <div className="compare-sides">
        <Chart title="Earlier" shown={before.shown} lines={linesBefore} top={top} nowMs={nowMs} />
        <Chart title="This time" shown={after.shown} lines={linesAfter} top={top} nowMs={nowMs} />
      </div>
      <Legend keys={keysOf(before.shown, after.shown)} />
    </section>
  );
}

function Chart({
  title,
  shown,
  lines,
  top,
  nowMs,
}: {
  readonly title: string;
  readonly shown: ShownLoad;
  readonly lines: VcpuLines;
  readonly top: number;
  readonly nowMs: number;
}) {
  const { ink } = useTheme();
  const { change } = useView();
  const { aas, coveredSeconds } = shown.answer.meta;
  const seconds = (shown.span.toMs - shown.span.fromMs) / 1000;
  return (
    <div className="compare-side">
      <div className="panel-head">
        <h2>{title}</h2>
        <span className="faint">{formatSpan(shown.span, nowMs)}</span>
        <span className="spacer" />
        <span>
          <strong className="number">{formatLoad(aas)}</strong> AAS
        </span>
        {coveredSeconds > 0 && coveredSeconds < seconds * 0.9 && (
          <span className="faint">{formatShare(coveredSeconds, seconds)} observed</span>
        )}
      </div>
      {coveredSeconds === 0 ? (
        <Empty title="Nothing is recorded of this time" />
      ) : (
        <LoadChart
          label={`${title}: average active sessions by wait; the table below tells the differences`}
          span={shown.span}
          periodMs={shown.periodMs}
          atMs={shown.atMs}
          layers={shown.layers}
          colorOf={waitColor}
          idleInTransaction={shown.idleInTransaction}
          gaps={shown.gaps}
          pauses={shown.answer.meta.pauses}
          ink={ink}
          heightPx={HEIGHT_PX}
          top={top}
          {...lines}
          onZoom={(fromMs, toMs) => change({ window: zoomTo(fromMs, toMs) })}
        />
      )}
    </div>
  );
}

function Legend({ keys }: { readonly keys: readonly string[] }) {
  return (
    <ul className="compare-legend" aria-label="Waits">
      {keys.map((key) => (
        <li key={key}>
          <Swatch color={waitColor(key)} />
          {key === OTHER ? 'everything else' : nameOfKey('db.wait_event', key)}
        </li>
      ))}
    </ul>
  );
}

function keysOf(...sides: readonly ShownLoad[]): readonly string[] {
  const keys = sides.flatMap(({ layers }) => layers.map(({ key }) => key));
  return stackingOrder('db.wait_event', [...new Set(keys)]);
}

function heightOf({ layers, atMs, idleInTransaction }: ShownLoad): number {
  return Math.max(stackLayers(layers, atMs.length).highest, highestOf(idleInTransaction));
}
