import { useMemo, useRef, useState } from 'react';
import type { CapacityAnswer } from '../../../../../src/api/capacity-answers.ts';
import type { ClusterAnswer } from '../../../../../src/api/cluster-answers.ts';
import { useCounters } from '../../../api/queries.ts';
import { useDatabase } from '../../../app/database.tsx';
import { useTheme } from '../../../app/theme.ts';
import { Failure } from '../../../ui/notes.tsx';
import { saveCsv, savePng } from '../../../ui/save.ts';
import { useView } from '../../../view/use-view.ts';
import { zoomTo } from '../../../view/time-window.ts';
import type { ShownLoad } from '../../load/load-data.ts';
import { pausesUpTo } from '../capacity-lines.ts';
import { sentenceOf } from '../capacity-words.ts';
import type { TimeAxis } from '../time-axis.ts';
import { PagesChart } from './pages-chart.tsx';
import { PlaceChart, RequestsChart, TimesChart } from './local-charts.tsx';
import { csvOfReads, hasReads, READ_METRICS, readsAt, type ReadLines } from './reads-lines.ts';
import { readsStates } from './reads-words.ts';
import './reads.css';

/** What local storage takes over: its state, and its figures over time. Nothing where it is not and was not on. */
export function ReadsPanel({
  cluster,
  answer,
  shown,
}: {
  readonly cluster: ClusterAnswer;
  readonly answer: CapacityAnswer;
  readonly shown: ShownLoad;
}) {
  const { window } = useDatabase();
  const { data, error } = useCounters(cluster.name, window, READ_METRICS, []);
  const states = readsStates(cluster.optimizedReads);
  const { atMs, periodMs } = shown;
  const lines = useMemo(
    () => (data === undefined || !hasReads(data) ? null : readsAt(atMs, periodMs, data)),
    [data, atMs, periodMs],
  );
  if (states.length === 0 && lines === null) return null;
  return (
    <section className="panel capacity-charts reads" aria-label="Optimized Reads">
      <div className="panel-head">
        <h2>Optimized Reads</h2>
        <span className="faint">temporary objects, and a second cache tier, on local storage</span>
      </div>
      <ul className="reads-states">
        {states.map(({ name, text, reason }) => (
          <li key={name} className={reason === null ? undefined : 'amiss'}>
            <strong>{name}</strong> {text}
            {reason !== null && <em> {sentenceOf(reason)}</em>}
          </li>
        ))}
        {states.length === 0 && <li className="faint">Not on any more; it was in this time.</li>}
      </ul>
      {error !== null && <Failure error={error} />}
      {lines === null ? (
        <p className="faint">Nothing was recorded of it in this time.</p>
      ) : (
        <Charts cluster={cluster} answer={answer} shown={shown} lines={lines} />
      )}
    </section>
  );
}

function Charts({
  cluster,
  answer,
  shown,
  lines,
}: {
  readonly cluster: ClusterAnswer;
  readonly answer: CapacityAnswer;
  readonly shown: ShownLoad;
  readonly lines: ReadLines;
}) {
  const { ink } = useTheme();
  const { change } = useView();
  const charts = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const { atMs, periodMs, span, gaps } = shown;
  const { pausedAtMs } = cluster.pause;
  const pauses = useMemo(
    () => pausesUpTo(answer.pauses, pausedAtMs, span.toMs),
    [answer.pauses, pausedAtMs, span.toMs],
  );
  const axis: TimeAxis = {
    ink,
    span,
    periodMs,
    atMs,
    pauses,
    gaps,
    syncKey: 'capacity',
    onZoom: (fromMs, toMs) => change({ window: zoomTo(fromMs, toMs) }),
    onHover: setHovered,
  };
  const isHovered = hovered !== null && atMs[hovered] !== undefined;
  const index = isHovered ? hovered : lastKnown(lines, atMs.length);
  const at = { axis, lines, index, isHovered };
  return (
    <div ref={charts}>
      <div className="panel-head">
        <h3>Where pages come from</h3>
        <span className="faint">pages of 4 KiB a second that were not in memory</span>
        <span className="spacer" />
        <button
          type="button"
          className="plain"
          onClick={() => saveCsv(`${cluster.name}-optimized-reads`, csvOfReads(atMs, lines))}
        >
          CSV
        </button>
        <button
          type="button"
          className="plain"
          onClick={() => {
            if (charts.current === null) return;
            savePng(`${cluster.name}-optimized-reads`, charts.current, ink.surface);
          }}
        >
          PNG
        </button>
      </div>
      <PagesChart {...at} />
      <div className="reads-local">
        <RequestsChart {...at} />
        <TimesChart {...at} />
        <PlaceChart {...at} />
      </div>
    </div>
  );
}

/** The last period of which something is known. */
function lastKnown(lines: ReadLines, length: number): number {
  for (let index = length - 1; index > 0; index--) {
    if (READ_METRICS.some((metric) => (lines[metric][index] ?? null) !== null)) return index;
  }
  return 0;
}
