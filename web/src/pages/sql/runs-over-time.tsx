import { useMemo } from 'react';
import type { CountersAnswer } from '../../../../src/api/answers.ts';
import { useCounters } from '../../api/queries.ts';
import { useTheme } from '../../app/theme.ts';
import { Plot } from '../../charts/plot.tsx';
import { axisTop } from '../../charts/stack.ts';
import { withEnd, withEnds } from '../../charts/steps.ts';
import { formatMs, formatPerSecond } from '../../format/numbers.ts';
import { zoomTo, type AskedWindow } from '../../view/time-window.ts';
import { useView } from '../../view/use-view.ts';
import { runsOf } from './runs.ts';

const CALLS = 'pg_stat_statements.calls';
const EXECUTION_MS = 'pg_stat_statements.total_exec_time';

/** How often a statement ran and how long it took, where pg_stat_statements counts it. */
export function RunsOverTime({
  target,
  window,
  id,
}: {
  readonly target: string;
  readonly window: AskedWindow;
  readonly id: string;
}) {
  const { data } = useCounters(target, window, [CALLS, EXECUTION_MS], [id]);
  if (data === undefined || data.series.length === 0) return null;
  return <Runs answer={data} />;
}

function Runs({ answer }: { readonly answer: CountersAnswer }) {
  const { ink } = useTheme();
  const { change } = useView();
  const runs = useMemo(() => {
    const points = (metric: string) => answer.series.find((one) => one.metric === metric)?.points ?? [];
    return runsOf(points(CALLS), points(EXECUTION_MS));
  }, [answer]);
  const { fromMs, toMs, periodSeconds } = answer.meta;
  const common = {
    heightPx: 150,
    atMs: withEnds(runs.atMs, Math.max(runs.stepMs, periodSeconds * 1000)),
    span: { fromMs, toMs },
    ink,
    syncKey: 'runs',
    onZoom: (from: number, to: number) => change({ window: zoomTo(from, to) }),
  };
  return (
    <section className="panel runs" aria-label="How often it runs, and for how long">
      <div>
        <h2>Calls a second</h2>
        <Plot
          {...common}
          label={`Calls a second; at most ${formatPerSecond(runs.mostCallsPerSecond)}`}
          series={[{ name: 'calls/s', stroke: ink.accent, widthPx: 2, values: withEnd(runs.callsPerSecond) }]}
          top={axisTop(runs.mostCallsPerSecond, [])}
          formatValue={(value) => formatPerSecond(value)}
        />
      </div>
      <div>
        <h2>Mean time of a call</h2>
        <Plot
          {...common}
          label={`Mean time of a call; at most ${formatMs(runs.mostMeanMs)}`}
          series={[{ name: 'mean', stroke: ink.accent, widthPx: 2, values: withEnd(runs.meanMs) }]}
          top={axisTop(runs.mostMeanMs, [], 0.1)}
          formatValue={(value) => formatMs(value)}
        />
      </div>
    </section>
  );
}
