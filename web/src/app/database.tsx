import { createContext, use, type ReactNode } from 'react';
import type { TargetSummary } from '../../../src/api/answers.ts';
import type { ClusterAnswer } from '../../../src/api/cluster-answers.ts';
import { useClusters, useSession, useTargets } from '../api/queries.ts';
import { askedWindow, type AskedWindow } from '../view/time-window.ts';
import { useView } from '../view/use-view.ts';
import { Empty, Failure, Loading } from '../ui/notes.tsx';

/** The database that a page is about. */
export interface Database {
  readonly name: string;
  readonly summary: TargetSummary;
  /** Null where it is only observed: it has no capacity to see or change. */
  readonly cluster: ClusterAnswer | null;
  /** May read the text of SQL, and change things. */
  readonly isTrusted: boolean;
  /** The window of the view as something to ask for. */
  readonly window: AskedWindow;
}

const Context = createContext<Database | null>(null);

/** Raises an Error outside of {@link DatabaseProvider}. */
export function useDatabase(): Database {
  const database = use(Context);
  if (database === null) throw new Error('only pages of a database know one');
  return database;
}

/** Finds the database of an address; says so where there is none of that name. */
export function DatabaseProvider({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ReactNode;
}) {
  const { state } = useView();
  const session = useSession();
  const targets = useTargets();
  const clusters = useClusters(session.data?.hasClusters ?? false);
  const error = targets.error ?? session.error;
  if (targets.data === undefined || session.data === undefined) {
    return error === null ? <Loading what={name} /> : <Failure error={error} />;
  }
  const summary = targets.data.targets.find(({ target }) => target === name);
  if (summary === undefined) {
    const names = targets.data.targets.map(({ target }) => target);
    return (
      <Empty title={`No database is called ${name}`}>
        <p>{names.length === 0 ? 'There is none yet.' : `There are: ${names.join(', ')}.`}</p>
      </Empty>
    );
  }
  const cluster = clusters.data?.clusters.find((one) => one.name === name) ?? null;
  const window = askedWindow(state.window, session.data.nowMs, summary.firstMs);
  const { isTrusted } = session.data;
  return <Context value={{ name, summary, cluster, isTrusted, window }}>{children}</Context>;
}
