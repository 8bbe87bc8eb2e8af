import { Link } from 'wouter';
import type { Dimension } from '../../../../src/load/model.ts';
import type { StatementsAnswer, TopAnswer } from '../../../../src/api/answers.ts';
import { useDatabase } from '../../app/database.tsx';
import { useStatements, useTop, type Selection } from '../../api/queries.ts';
import { colorsOf, waitColor } from '../../color/layer-colors.ts';
import { formatCount, formatLoad, formatMs, formatPerSecond, formatShare } from '../../format/numbers.ts';
import { DimensionTabs } from '../../ui/dimension-tabs.tsx';
import { Empty, Failure, Loading, SignInNote } from '../../ui/notes.tsx';
import { LoadBar } from '../../ui/load-bar.tsx';
import { saveCsv } from '../../ui/save.ts';
import { DIMENSION_NAMES, isSql, nameOfKey } from '../../view/dimension-names.ts';
import { hasFilter, toggleFilter } from '../../view/view-state.ts';
import { useView } from '../../view/use-view.ts';

const ROWS = 15;

/** What loads the database most, each row split by what it waits for. */
export function TopTable() {
  const { name, window, isTrusted } = useDatabase();
  const { state, change } = useView();
  const selection: Selection = { target: name, window, filters: state.filters, limit: ROWS };
  const { top } = state;
  return (
    <section className="panel" aria-label={`Top ${DIMENSION_NAMES[top].many}`}>
      <DimensionTabs chosen={top} onChoose={(dimension) => change({ top: dimension })} />
      {isSql(top) && !isTrusted ? (
        <SignInNote />
      ) : top === 'db.sql_tokenized' ? (
        <TopSql selection={selection} />
      ) : (
        <TopValues selection={selection} dimension={top} />
      )}
    </section>
  );
}

function TopSql({ selection }: { readonly selection: Selection }) {
  const { data, error } = useStatements(selection);
  const { name } = useDatabase();
  const { linkTo } = useView();
  if (data === undefined) return error === null ? <Loading what="the top SQL" /> : <Failure error={error} />;
  const { statements, meta } = data;
  if (statements.length === 0) return <NoLoad />;
  const mostAas = statements[0]?.aas ?? 0;
  return (
    <Scroll>
      <table className="top-table">
        <thead>
          <tr>
            <th scope="col">Load (AAS) by waits</th>
            <th scope="col">SQL</th>
            <th scope="col" className="number">
              of all
            </th>
            <th scope="col" className="number">
              calls/s
            </th>
            <th scope="col" className="number">
              mean
            </th>
            <th scope="col" className="number">
              rows/call
            </th>
          </tr>
        </thead>
        <tbody>
          {statements.map((statement) => (
            <tr key={statement.sqlId}>
              <LoadCell parts={statement.waits} aas={statement.aas} mostAas={mostAas} colorOf={waitColor} />
              <td className="wide">
                {statement.sqlId === '' ? (
                  'no statement known'
                ) : (
                  <Link
                    className="sql ellipsis"
                    href={linkTo(`/db/${name}/sql/${statement.sqlId}`)}
                    title={statement.sql ?? ''}
                  >
                    {statement.sql ?? statement.sqlId}
                  </Link>
                )}
              </td>
              <td className="number">{formatShare(statement.aas, meta.aas ?? 0)}</td>
              <td className="number">{formatPerSecond(statement.statistics?.callsPerSecond ?? null)}</td>
              <td className="number">{formatMs(statement.statistics?.meanMs ?? null)}</td>
              <td className="number">{rowsPerCall(statement)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Footer
        note={
          statements.some(({ statistics }) => statistics !== null)
            ? ''
            : 'Calls and times need the extension pg_stat_statements.'
        }
        onSave={() => saveCsv(`${name}-top-sql`, csvOfStatements(data))}
      />
    </Scroll>
  );
}

function TopValues({
  selection,
  dimension,
}: {
  readonly selection: Selection;
  readonly dimension: Dimension;
}) {
  const isWait = dimension === 'db.wait_event';
  const { isTrusted, name } = useDatabase();
  const partitionBy: Dimension = isWait ? (isTrusted ? 'db.sql_tokenized' : 'db.user') : 'db.wait_event';
  const { data, error } = useTop(selection, dimension, partitionBy);
  const { state, change, linkTo } = useView();
  if (data === undefined) return error === null ? <Loading what="the list" /> : <Failure error={error} />;
  const { rows, meta } = data;
  if (rows.length === 0) return <NoLoad />;
  const mostAas = rows[0]?.aas ?? 0;
  const partKeys = rows.flatMap(({ partitions }) => partitions.map(({ key }) => key));
  const colorOf = colorsOf(partitionBy, [...new Set(partKeys)]);
  return (
    <Scroll>
      <table className="top-table">
        <thead>
          <tr>
            <th scope="col">Load (AAS) by {DIMENSION_NAMES[partitionBy].one}</th>
            <th scope="col">{DIMENSION_NAMES[dimension].one}</th>
            <th scope="col" className="number">
              of all
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const label = nameOfKey(dimension, row.label);
            const filter = { dimension, value: row.key };
            return (
              <tr key={row.key}>
                <LoadCell parts={row.partitions} aas={row.aas} mostAas={mostAas} colorOf={colorOf} />
                <td className="wide">
                  {row.key === '' ? (
                    <span className="faint">{label}</span>
                  ) : dimension === 'db.blocking_sql' ? (
                    <Link className="sql ellipsis" href={linkTo(`/db/${name}/sql/${row.key}`)}>
                      {label}
                    </Link>
                  ) : (
                    <button
                      type="button"
                      className="plain ellipsis"
                      aria-pressed={hasFilter(state.filters, filter)}
                      title="Show only this"
                      onClick={() => change({ filters: toggleFilter(state.filters, filter) })}
                    >
                      {label}
                    </button>
                  )}
                </td>
                <td className="number">{formatShare(row.aas, meta.aas ?? 0)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Footer note="" onSave={() => saveCsv(`${name}-top-${dimension}`, csvOfTop(data))} />
    </Scroll>
  );
}

function LoadCell(props: React.ComponentProps<typeof LoadBar>) {
  return (
    <td className="load-cell">
      <LoadBar {...props} />
      <span className="number">{formatLoad(props.aas)}</span>
    </td>
  );
}

/** A wide table scrolls by itself, also by keyboard. */
function Scroll({ children }: { readonly children: React.ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="scroll" role="region" aria-label="Table" tabIndex={0}>
      {children}
    </div>
  );
}

function Footer({ note, onSave }: { readonly note: string; readonly onSave: () => void }) {
  return (
    <p className="table-footer">
      <span className="faint">{note}</span>
      <button type="button" className="plain" onClick={onSave}>
        Save as CSV
      </button>
    </p>
  );
}

function NoLoad() {
  return (
    <Empty title="No load in this time">
      <p>No session was active, or a filter leaves none.</p>
    </Empty>
  );
}

function rowsPerCall({ statistics }: StatementsAnswer['statements'][number]): string {
  if (statistics === null || statistics.rows === null || statistics.calls === 0) return '–';
  return formatCount(statistics.rows / statistics.calls);
}

function csvOfStatements({ statements }: StatementsAnswer): readonly (readonly (string | number | null)[])[] {
  return [
    ['sql_id', 'sql', 'aas', 'calls', 'calls_per_second', 'mean_ms', 'rows'],
    ...statements.map(({ sqlId, sql, aas, statistics }) => [
      sqlId,
      sql,
      aas,
      statistics?.calls ?? null,
      statistics?.callsPerSecond ?? null,
      statistics?.meanMs ?? null,
      statistics?.rows ?? null,
    ]),
  ];
}

function csvOfTop({ rows, meta }: TopAnswer): readonly (readonly (string | number | null)[])[] {
  return [
    [meta.groupBy, meta.partitionBy, 'aas'],
    ...rows.flatMap((row) => [
      [row.label, '', row.aas],
      ...row.partitions.map((part) => [row.label, part.label, part.aas]),
    ]),
  ];
}
