import { useState } from 'react';
import { useSessions } from '../../api/queries.ts';
import { useDatabase } from '../../app/database.tsx';
import { formatMs } from '../../format/numbers.ts';
import { formatClock, formatMoment } from '../../format/times.ts';
import { Empty, Failure, Loading, SignInNote } from '../../ui/notes.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useView } from '../../view/use-view.ts';
import { LockTrees } from './lock-trees.tsx';
import { countGroups, findRows, GROUPS, type Group, type SessionRow } from './session-rows.ts';
import { SessionTable } from './session-table.tsx';
import './now.css';

/** The sessions of this moment: who works, who waits for whom, and for how long. */
export function NowPage() {
  const { name, isTrusted } = useDatabase();
  const [isHeld, setHeld] = useState(false);
  const { data, error } = useSessions(name, isTrusted && !isHeld);
  const nowMs = useNow(1000);
  const rest = useRest(nowMs);
  if (!isTrusted) return <SignInNote what="The list of sessions" />;
  if (rest !== null) return rest;
  if (data === undefined) {
    return error === null ? <Loading what="the sessions" /> : <Failure error={error} />;
  }
  return (
    <>
      <h1 className="unseen">Sessions of {name} at this moment</h1>
      <div className="tools">
        <Moment atMs={data.atMs} nowMs={nowMs} isHeld={isHeld} />
        <button type="button" aria-pressed={isHeld} onClick={() => setHeld(!isHeld)}>
          {isHeld ? 'Go on' : 'Hold'}
          <span className="unseen"> {isHeld ? 'refreshing' : 'this moment'}</span>
        </button>
      </div>
      {error !== null && !isHeld && <Failure error={error} />}
      <Sessions sessions={data.sessions} />
    </>
  );
}

/** What is said instead of sessions while it does not run; null while it does. */
function useRest(nowMs: number) {
  const { summary, cluster } = useDatabase();
  if (cluster?.status === 'paused' || summary.connection === 'paused') {
    const sinceMs = cluster?.pause.pausedAtMs ?? null;
    const since =
      sinceMs === null ? '' : ` since ${formatClock(sinceMs)}, for ${formatMs(Math.max(0, nowMs - sinceMs))}`;
    return (
      <div className="panel">
        <Empty title={`Asleep${since}`}>
          <p>There are no sessions at work. Looking does not wake it: the next query of a client does.</p>
        </Empty>
      </div>
    );
  }
  if (cluster?.status === 'stopped') {
    return (
      <div className="panel">
        <Empty title="Stopped">
          <p>
            There are no sessions. <code>airglow start {cluster.name}</code> starts it.
          </p>
        </Empty>
      </div>
    );
  }
  if (summary.connection === 'waiting to reconnect') {
    return (
      <div className="panel">
        <Empty title="Not connected">
          <p>{summary.lastError?.message ?? 'The database cannot be reached.'} It is tried again.</p>
        </Empty>
      </div>
    );
  }
  return null;
}

function Moment({
  atMs,
  nowMs,
  isHeld,
}: {
  readonly atMs: number | null;
  readonly nowMs: number;
  readonly isHeld: boolean;
}) {
  if (atMs === null) return <span className="faint">Not looked at yet</span>;
  const ageMs = nowMs - atMs;
  const isOld = isHeld || ageMs > 5000;
  return (
    <span className="now-moment">
      <span className={`now-dot ${isOld ? 'old' : ''}`} aria-hidden="true" />
      {isHeld ? 'Held at ' : isOld ? 'Last seen ' : 'Live, '}
      {ageMs > 86_400_000 ? formatMoment(atMs) : formatClock(atMs)}
    </span>
  );
}

const GROUP_NAMES: Readonly<Record<Group, string>> = {
  working: 'working',
  waiting: 'waiting for locks',
  'idle in transaction': 'idle in transaction',
  background: 'server processes',
  'at rest': 'at rest',
};

function Sessions({ sessions }: { readonly sessions: readonly SessionRow[] }) {
  const { state, change } = useView();
  const [group, setGroup] = useState<Group | null>(null);
  const counts = countGroups(sessions);
  const found = findRows(sessions, state.search, group);
  const named = GROUPS.filter((one) => one !== 'at rest' || counts[one] > 0);
  return (
    <>
      <div className="session-groups" role="group" aria-label="Show sessions that are">
        {named.map((one) => (
          <button
            key={one}
            type="button"
            className={`session-group ${one.replaceAll(' ', '-')} ${counts[one] > 0 ? 'some' : ''}`}
            aria-pressed={group === one}
            onClick={() => setGroup(group === one ? null : one)}
          >
            <span className="session-count">{counts[one]}</span> {GROUP_NAMES[one]}
          </button>
        ))}
      </div>
      <LockTrees sessions={sessions} />
      <section className="panel" aria-labelledby="sessions-title">
        <div className="panel-head">
          <h2 id="sessions-title">Sessions</h2>
          <span className="faint" role="status">
            {found.length === sessions.length ? sessions.length : `${found.length} of ${sessions.length}`}
          </span>
          <span className="spacer" />
          <SearchField
            label="Find sessions"
            placeholder="Find pid, user, SQL …"
            value={state.search}
            onChange={(search) => change({ search }, 'small')}
          />
        </div>
        {found.length === 0 ? (
          <NoSessions isFiltered={sessions.length > 0} />
        ) : (
          <SessionTable sessions={found} />
        )}
      </section>
    </>
  );
}

function NoSessions({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No session is like that">
      <p>Another group or other words would show the rest.</p>
    </Empty>
  ) : (
    <Empty title="Nobody is at work">
      <p>Sessions that are connected and do nothing are not listed.</p>
    </Empty>
  );
}
