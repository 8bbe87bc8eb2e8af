import { useState } from 'react';
import type { EventsAnswer } from '../../../../src/api/answers.ts';
import { useEvents } from '../../api/queries.ts';
import { useDatabase } from '../../app/database.tsx';
import { Empty, Failure, Loading } from '../../ui/notes.tsx';
import { saveCsv } from '../../ui/save.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { useNow } from '../../ui/use-now.ts';
import { WindowChoice } from '../../ui/window-choice.tsx';
import { formatClock } from '../../format/times.ts';
import { spanOf } from '../../view/time-window.ts';
import { SEVERITIES, type Severity } from '../../view/view-state.ts';
import { useView } from '../../view/use-view.ts';
import { EventTable } from './event-table.tsx';
import './events.css';

const FIRST = 100;
const MORE = 300;
/** The API answers no more at once. */
const MOST = 1000;

const SEVERITY_NAMES: Readonly<Record<Severity, string>> = {
  any: 'All',
  info: 'Info',
  warning: 'Warnings',
  error: 'Errors',
};

/** A searchable log of what happened to the database and to its observation. */
export function EventsPage() {
  const { name, window } = useDatabase();
  const { state, change } = useView();
  const { search, severity } = state;
  // Another question begins with a short list again.
  const question = JSON.stringify([state.window, search, severity]);
  const [asked, setAsked] = useState({ question, limit: FIRST });
  const limit = asked.question === question ? asked.limit : FIRST;
  const words = search.trim();
  const { data, error, isPlaceholderData } = useEvents(name, window, {
    limit,
    severity: severity === 'any' ? null : severity,
    search: words === '' ? null : words,
  });
  const nowMs = useNow(window.kind === 'live' ? 5000 : 60_000);
  return (
    <>
      <h1 className="unseen">Events of {name}</h1>
      <div className="tools">
        <WindowChoice
          window={state.window}
          span={spanOf(window, nowMs)}
          nowMs={nowMs}
          onChange={(chosen) => change({ window: chosen })}
        />
        <SearchField
          label="Find in messages and kinds"
          placeholder="Find in messages and kinds"
          value={search}
          onChange={(typed) => change({ search: typed }, 'small')}
        />
        <SeverityChoice severity={severity} onChange={(chosen) => change({ severity: chosen })} />
      </div>
      {error !== null && <Failure error={error} />}
      {data === undefined ? (
        error === null && <Loading what="the events" />
      ) : data.events.length === 0 ? (
        <NoEvents
          isFiltered={words !== '' || severity !== 'any'}
          onClear={() => change({ search: '', severity: 'any' })}
          onWiden={() => change({ window: { kind: 'all' } })}
          isAll={state.window.kind === 'all'}
        />
      ) : (
        <section className="panel" aria-label="Events" aria-busy={isPlaceholderData}>
          <EventTable events={data.events} nowMs={nowMs} onKind={(kind) => change({ search: kind })} />
          <Footer
            data={data}
            limit={limit}
            onMore={() => setAsked({ question, limit: Math.min(MOST, limit + MORE) })}
            onSave={() => saveCsv(`${name}-events`, csvOf(data))}
          />
        </section>
      )}
    </>
  );
}

function SeverityChoice({
  severity,
  onChange,
}: {
  readonly severity: Severity;
  readonly onChange: (severity: Severity) => void;
}) {
  return (
    <div className="segments" role="group" aria-label="Severity">
      {SEVERITIES.map((one) => (
        <button key={one} type="button" aria-pressed={one === severity} onClick={() => onChange(one)}>
          {SEVERITY_NAMES[one]}
        </button>
      ))}
    </div>
  );
}

function Footer({
  data,
  limit,
  onMore,
  onSave,
}: {
  readonly data: EventsAnswer;
  readonly limit: number;
  readonly onMore: () => void;
  readonly onSave: () => void;
}) {
  const { events } = data;
  const isCut = events.length >= limit;
  const last = events.at(-1);
  return (
    <p className="table-footer">
      <span className="faint" role="status">
        {isCut
          ? `the newest ${events.length} events`
          : events.length === 1
            ? '1 event'
            : `${events.length} events`}
        {isCut && limit >= MOST && last !== undefined && (
          <>, from {formatClock(last.atMs)} on; choose a shorter time to see older ones</>
        )}
      </span>
      {isCut && limit < MOST && (
        <button type="button" onClick={onMore}>
          Show more
        </button>
      )}
      <button type="button" className="plain" onClick={onSave}>
        Save as CSV
      </button>
    </p>
  );
}

function NoEvents(props: {
  readonly isFiltered: boolean;
  readonly isAll: boolean;
  readonly onClear: () => void;
  readonly onWiden: () => void;
}) {
  return (
    <section className="panel">
      <Empty title={props.isFiltered ? 'No event of this time fits' : 'Nothing happened in this time'}>
        <p>
          {props.isFiltered
            ? 'The words are looked for in the message and in the kind, whatever their case.'
            : 'Connections lost and found, pauses and wakes, gaps and limits are written here.'}
        </p>
        <p className="note-buttons">
          {props.isFiltered && (
            <button type="button" onClick={props.onClear}>
              Show every event
            </button>
          )}
          {!props.isAll && (
            <button type="button" onClick={props.onWiden}>
              Look at all time
            </button>
          )}
        </p>
      </Empty>
    </section>
  );
}

function csvOf({ events }: EventsAnswer): readonly (readonly (string | number | null)[])[] {
  return [
    ['at', 'severity', 'kind', 'message', 'data'],
    ...events.map(({ atMs, severity, kind, message, data }) => [
      new Date(atMs).toISOString(),
      severity,
      kind,
      message,
      JSON.stringify(data),
    ]),
  ];
}
