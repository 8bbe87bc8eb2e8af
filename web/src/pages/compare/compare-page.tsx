import { useMemo } from 'react';
import type { Selection } from '../../api/queries.ts';
import { useDatabase } from '../../app/database.tsx';
import { FilterChips } from '../../ui/filter-chips.tsx';
import { FrozenNote } from '../../ui/frozen-note.tsx';
import { Failure } from '../../ui/notes.tsx';
import { useFrozen } from '../../ui/use-frozen.ts';
import { WindowChoice } from '../../ui/window-choice.tsx';
import { COMPARE_OFFSETS, type CompareOffset } from '../../view/view-state.ts';
import { useView } from '../../view/use-view.ts';
import { useShownLoad } from '../load/load-data.ts';
import { useChanges } from './change-rows.ts';
import { ChangeTable } from './change-table.tsx';
import { earlierSpan, OFFSET_NAMES, overlaps } from './earlier-span.ts';
import type { Difference } from './differences.ts';
import { formatDifference, headlineOf, leadingOf } from './headline.ts';
import { SideCharts } from './side-charts.tsx';
import './compare.css';

const WAITS = 'db.wait_event';

/** Two windows of the same length side by side, and what changed from the earlier to the later. */
export function ComparePage() {
  const { name, window, isTrusted } = useDatabase();
  const { state, change } = useView();
  const { filters, compare } = state;
  const frozen = useFrozen(window, JSON.stringify(state.window));
  const { fromMs, toMs } = frozen.span;
  const [before, after] = useMemo((): readonly [Selection, Selection] => {
    const span = { fromMs, toMs };
    const selected = { target: name, filters };
    return [
      { ...selected, window: { kind: 'fixed', ...earlierSpan(span, compare) } },
      { ...selected, window: { kind: 'fixed', ...span } },
    ];
  }, [name, filters, fromMs, toMs, compare]);
  const earlier = useShownLoad(before, WAITS, toMs);
  const later = useShownLoad(after, WAITS, toMs);
  const waits = useChanges(before, after, WAITS, true);
  const sql = useChanges(before, after, 'db.sql_tokenized', isTrusted);
  const error = earlier.error ?? later.error ?? waits.error;
  const [aasBefore, aasAfter] = [earlier.shown?.answer.meta.aas, later.shown?.answer.meta.aas];
  return (
    <>
      <h1 className="unseen">Two times of {name} compared</h1>
      <div className="tools">
        <WindowChoice
          window={state.window}
          span={frozen.span}
          nowMs={frozen.nowMs}
          onChange={(chosen) => change({ window: chosen })}
        />
        <OffsetChoice offset={compare} onChange={(chosen) => change({ compare: chosen })} />
        <FrozenNote frozen={frozen} done="Compared" again="Compare again" />
      </div>
      <FilterChips
        filters={filters}
        labelOf={({ value }) => later.shown?.labelOf(value) ?? value}
        onChange={(next) => change({ filters: next })}
      />
      {error !== null && <Failure error={error} />}
      {aasBefore !== undefined && aasAfter !== undefined && waits.changes !== null && (
        <Head
          before={aasBefore}
          after={aasAfter}
          waits={waits.changes.rows}
          statements={sql.changes?.rows ?? []}
        />
      )}
      {overlaps(earlierSpan(frozen.span, compare), frozen.span) && (
        <p className="faint">The two times overlap: what lies in both is counted in both.</p>
      )}
      <SideCharts
        before={{ shown: earlier.shown, window: before.window }}
        after={{ shown: later.shown, window: after.window }}
        nowMs={frozen.nowMs}
        error={error}
      />
      <ChangeTable before={before} after={after} />
    </>
  );
}

function Head(props: {
  readonly before: number | null;
  readonly after: number | null;
  readonly waits: readonly Difference[];
  readonly statements: readonly Difference[];
}) {
  const { direction, title, mostly } = headlineOf(props.before, props.after, props.waits);
  const statement = mostly === '' ? null : leadingOf(props.statements, props.before, props.after);
  return (
    <section className={`bottleneck ${direction === 'faint' ? '' : direction}`} aria-label="In short">
      <p className="bottleneck-title">{title}</p>
      {mostly !== '' && <p>{mostly}</p>}
      {statement !== null && (
        <p className="compare-statement">
          <span>{formatDifference(statement.difference)} by </span>
          <code className="ellipsis" title={statement.label}>
            {statement.label}
          </code>
        </p>
      )}
    </section>
  );
}

function OffsetChoice({
  offset,
  onChange,
}: {
  readonly offset: CompareOffset;
  readonly onChange: (offset: CompareOffset) => void;
}) {
  return (
    <label className="choice">
      Compare with
      <select value={offset} onChange={({ target }) => onChange(target.value as CompareOffset)}>
        {COMPARE_OFFSETS.map((one) => (
          <option key={one} value={one}>
            {OFFSET_NAMES[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
