import { Link } from 'wouter';
import { OTHER } from '../../../../src/history/history.ts';
import type { Dimension } from '../../../../src/load/model.ts';
import type { Selection } from '../../api/queries.ts';
import { useDatabase } from '../../app/database.tsx';
import { waitColor } from '../../color/layer-colors.ts';
import { formatLoad, formatMs, formatPerSecond } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';
import { Swatch } from '../../ui/chip.tsx';
import { DimensionTabs } from '../../ui/dimension-tabs.tsx';
import { Empty, Failure, Loading, SignInNote } from '../../ui/notes.tsx';
import { saveCsv } from '../../ui/save.ts';
import { DIMENSION_NAMES, isSql, nameOfKey } from '../../view/dimension-names.ts';
import { useView } from '../../view/use-view.ts';
import { useChanges, type Changes } from './change-rows.ts';
import { ChangeBar } from './change-bar.tsx';
import type { Difference } from './differences.ts';
import { formatDifference } from './headline.ts';

const SHOWN = 20;

/** What changed, the largest change first. */
export function ChangeTable({ before, after }: { readonly before: Selection; readonly after: Selection }) {
  const { isTrusted } = useDatabase();
  const { state, change } = useView();
  const { top } = state;
  const isAllowed = isTrusted || !isSql(top);
  const { changes, error } = useChanges(before, after, top, isAllowed);
  return (
    <section className="panel" aria-label="What changed">
      <div className="panel-head">
        <h2>What changed</h2>
        <DimensionTabs chosen={top} onChoose={(dimension) => change({ top: dimension })} />
      </div>
      {!isAllowed ? (
        <SignInNote />
      ) : changes === null ? (
        error === null ? (
          <Loading what="the differences" />
        ) : (
          <Failure error={error} />
        )
      ) : changes.missing !== null ? (
        <Empty title="Nothing to compare with">
          <p>
            Nothing is recorded of {changes.missing === 'earlier' ? 'the earlier' : 'this'} time, which is not
            the same as no load.
          </p>
        </Empty>
      ) : changes.rows.length === 0 ? (
        <Empty title="No load in either time" />
      ) : (
        <Rows changes={changes} dimension={top} />
      )}
    </section>
  );
}

function Rows({ changes, dimension }: { readonly changes: Changes; readonly dimension: Dimension }) {
  const { name } = useDatabase();
  const isStatement = dimension === 'db.sql_tokenized';
  const rows = changes.rows.filter(({ change }) => change !== 'same').slice(0, SHOWN);
  const most = Math.abs(rows[0]?.difference ?? 0);
  const hidden = changes.rows.length - rows.length;
  if (rows.length === 0) {
    return (
      <Empty title="Nothing changed">
        <p>No {DIMENSION_NAMES[dimension].one} differs by as much as 0.01 AAS.</p>
      </Empty>
    );
  }
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className="scroll" role="region" aria-label="Table" tabIndex={0}>
        <table className="top-table compare-table">
          <thead>
            <tr>
              <th scope="col" className="compare-change">
                Difference (AAS)
              </th>
              <th scope="col">{DIMENSION_NAMES[dimension].one}</th>
              <th scope="col" className="number">
                earlier
              </th>
              <th scope="col" className="number">
                this time
              </th>
              {isStatement && (
                <>
                  <th scope="col" className="number">
                    calls/s
                  </th>
                  <th scope="col" className="number">
                    mean
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} most={most} dimension={dimension} changes={changes} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="table-footer">
        <span className="faint">
          {hidden > 0 ? `${hidden} with a smaller difference or none: in the CSV only.` : ''}
        </span>
        <button
          type="button"
          className="plain"
          onClick={() => saveCsv(`${name}-compare-${dimension}`, csvOf(changes, dimension))}
        >
          Save as CSV
        </button>
      </p>
    </>
  );
}

function Row({
  row,
  most,
  dimension,
  changes,
}: {
  readonly row: Difference;
  readonly most: number;
  readonly dimension: Dimension;
  readonly changes: Changes;
}) {
  const statistics = changes.statisticsOf(row.key);
  return (
    <tr>
      <td className="compare-change">
        <ChangeBar difference={row.difference} most={most} />
        <span className="number">{formatDifference(row.difference)}</span>
      </td>
      <td className="wide">
        <span className="compare-name">
          {dimension === 'db.wait_event' && <Swatch color={waitColor(row.key)} />}
          <Name row={row} dimension={dimension} />
          {row.change === 'new' && <Badge tone="warning">new</Badge>}
          {row.change === 'gone' && <Badge tone="good">gone</Badge>}
        </span>
      </td>
      <td className="number">{told(row.before)}</td>
      <td className="number">{told(row.after)}</td>
      {dimension === 'db.sql_tokenized' && (
        <>
          <td className="number">
            {pair(statistics.before?.callsPerSecond, statistics.after?.callsPerSecond, formatPerSecond)}
          </td>
          <td className="number">{pair(statistics.before?.meanMs, statistics.after?.meanMs, formatMs)}</td>
        </>
      )}
    </tr>
  );
}

/** The page of a statement, else the load of this time with only this in it. */
function Name({ row, dimension }: { readonly row: Difference; readonly dimension: Dimension }) {
  const { name } = useDatabase();
  const { state, linkTo } = useView();
  if (row.key === OTHER) return <span className="faint">everything else</span>;
  const label = nameOfKey(dimension, row.label);
  if (row.key === '') return <span className="faint">{label}</span>;
  const filters = [...state.filters, { dimension, value: row.key }];
  const database = `/db/${encodeURIComponent(name)}`;
  return isSql(dimension) ? (
    <Link className="sql ellipsis" href={linkTo(`${database}/sql/${row.key}`)} title={row.label}>
      {label}
    </Link>
  ) : (
    <Link className="ellipsis" href={linkTo(`${database}/load`, { filters })} title="Its load over time">
      {label}
    </Link>
  );
}

function told(aas: number | null): string {
  return aas === null ? 'not listed' : formatLoad(aas);
}

function pair(
  before: number | null | undefined,
  after: number | null | undefined,
  format: (value: number | null) => string,
): string {
  const [one, other] = [format(before ?? null), format(after ?? null)];
  return one === other ? one : `${one} → ${other}`;
}

function csvOf(
  { rows, statisticsOf }: Changes,
  dimension: Dimension,
): readonly (readonly (string | number | null)[])[] {
  return [
    [
      dimension,
      'label',
      'aas_before',
      'aas_after',
      'difference',
      'change',
      'calls_per_second_before',
      'calls_per_second_after',
      'mean_ms_before',
      'mean_ms_after',
    ],
    ...rows.map(({ key, label, before, after, difference, change }) => {
      const known = statisticsOf(key);
      return [
        key,
        label,
        before,
        after,
        difference,
        change,
        known.before?.callsPerSecond ?? null,
        known.after?.callsPerSecond ?? null,
        known.before?.meanMs ?? null,
        known.after?.meanMs ?? null,
      ];
    }),
  ];
}
