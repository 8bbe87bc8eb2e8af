import { useMemo } from 'react';
import { Link, useParams } from 'wouter';
import type { LoadAnswer, StatementsAnswer } from '../../../../src/api/answers.ts';
import { useDatabase } from '../../app/database.tsx';
import { useStatements, type Selection } from '../../api/queries.ts';
import { formatCount, formatLoad, formatMs, formatPerSecond, formatShare } from '../../format/numbers.ts';
import { Empty, Failure, Loading, SignInNote } from '../../ui/notes.tsx';
import { useView } from '../../view/use-view.ts';
import { toggleFilter, type Filter } from '../../view/view-state.ts';
import { LoadPanel } from '../load/load-panel.tsx';
import { Callers } from './callers.tsx';
import { RunsOverTime } from './runs-over-time.tsx';
import { WaitsBehind } from './waits-behind.tsx';
import { Figure } from '../../ui/figure.tsx';
import './sql-page.css';

/** One statement: its text, what it waits for, how often it runs and for how long, and who runs it. */
export function SqlPage() {
  const { isTrusted } = useDatabase();
  const { id } = useParams<{ id: string }>();
  return isTrusted ? <Statement id={id} /> : <SignInNote />;
}

function Statement({ id }: { readonly id: string }) {
  const { name, window } = useDatabase();
  const { state, linkTo } = useView();
  const own: Filter = useMemo(() => ({ dimension: 'db.sql_tokenized', value: id }), [id]);
  const filters = useMemo(() => {
    const others = state.filters.filter(({ dimension }) => dimension !== 'db.sql_tokenized');
    return toggleFilter(others, own);
  }, [state.filters, own]);
  const selection: Selection = { target: name, window, filters };
  const statements = useStatements({ ...selection, limit: 1 });
  const all = useStatements({ ...selection, filters: [], limit: 1 });
  if (statements.data === undefined) {
    return statements.error === null ? (
      <Loading what="the statement" />
    ) : (
      <Failure error={statements.error} />
    );
  }
  const statement = statements.data.statements[0] ?? null;
  return (
    <>
      <p>
        <Link href={linkTo(`/db/${encodeURIComponent(name)}/load`)}>← Load of {name}</Link>
      </p>
      <section className="panel statement" aria-labelledby="statement-title">
        <h1 id="statement-title">
          SQL <code>{id}</code>
        </h1>
        {statement === null ? (
          <Empty title="It was not seen in this time">
            <p>Choose a longer time below, or another statement.</p>
          </Empty>
        ) : (
          <>
            <pre className="sql">{statement.sql ?? 'Its text is not known.'}</pre>
            {statement.truncated && (
              <p className="faint">The server cut the text; a higher track_activity_query_size keeps more.</p>
            )}
            <Figures statement={statement} allAas={all.data?.meta.aas ?? null} meta={statements.data.meta} />
          </>
        )}
      </section>
      <LoadPanel selection={selection} label={`Load of this statement`} fixed={own} />
      <RunsOverTime target={name} window={window} id={id} />
      <Callers selection={selection} />
      <WaitsBehind selection={{ ...selection, filters: [{ dimension: 'db.blocking_sql', value: id }] }} />
    </>
  );
}

function Figures({
  statement,
  allAas,
  meta,
}: {
  readonly statement: StatementsAnswer['statements'][number];
  readonly allAas: number | null;
  readonly meta: Pick<LoadAnswer['meta'], 'coveredSeconds'>;
}) {
  const { statistics, aas } = statement;
  return (
    <dl className="figures">
      <Figure name="AAS" value={formatLoad(aas)} />
      {allAas !== null && <Figure name="of the load" value={formatShare(aas, allAas)} />}
      {statistics !== null && (
        <>
          <Figure name="calls" value={formatPerSecond(statistics.callsPerSecond)} />
          <Figure name="mean time" value={formatMs(statistics.meanMs)} />
          {statistics.rows !== null && statistics.calls > 0 && (
            <Figure name="rows a call" value={formatCount(statistics.rows / statistics.calls)} />
          )}
          {statistics.callsPerSecond > 0 && (
            <Figure name="load a call" value={formatMs((aas * 1000) / statistics.callsPerSecond)} />
          )}
        </>
      )}
      <Figure name="observed" value={formatMs(meta.coveredSeconds * 1000)} />
    </dl>
  );
}
