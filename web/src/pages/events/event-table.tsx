import { Link } from 'wouter';
import type { EventsAnswer } from '../../../../src/api/answers.ts';
import { useDatabase } from '../../app/database.tsx';
import { formatClock } from '../../format/times.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { useView } from '../../view/use-view.ts';
import { dayName, groupByDay } from './day-groups.ts';
import { eventFacts } from './event-facts.ts';

type Event = EventsAnswer['events'][number];

const TONES: Readonly<Record<Event['severity'], Tone>> = {
  info: 'quiet',
  warning: 'warning',
  error: 'danger',
};

/** What is looked at on each side of a moment. */
const AROUND_MS = 5 * 60_000;

/** Newest first, with a heading for every day. */
export function EventTable({
  events,
  nowMs,
  onKind,
}: {
  readonly events: readonly Event[];
  readonly nowMs: number;
  readonly onKind: (kind: string) => void;
}) {
  return (
    <table className="top-table event-table">
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Severity</th>
          <th scope="col">What happened</th>
        </tr>
      </thead>
      {groupByDay(events).map(({ day, items }) => (
        <tbody key={day}>
          <tr className="event-day">
            <th colSpan={3} scope="rowgroup">
              {dayName(day, nowMs)}
            </th>
          </tr>
          {items.map((event) => (
            <Row key={`${event.atMs} ${event.kind} ${event.message}`} event={event} onKind={onKind} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function Row({ event, onKind }: { readonly event: Event; readonly onKind: (kind: string) => void }) {
  const { name } = useDatabase();
  const { linkTo } = useView();
  const { atMs, kind, severity, message, data } = event;
  const facts = eventFacts(data);
  const around = { kind: 'fixed', fromMs: atMs - AROUND_MS, toMs: atMs + AROUND_MS } as const;
  return (
    <tr>
      <td className="event-time">
        <Link
          href={linkTo(`/db/${encodeURIComponent(name)}/load`, {
            window: around,
            search: '',
            severity: 'any',
          })}
          title="The load around this moment"
        >
          {formatClock(atMs)}
        </Link>
      </td>
      <td className="event-severity">
        <Badge tone={TONES[severity]}>{severity}</Badge>
      </td>
      <td>
        <p className="event-text">
          {message}{' '}
          <button
            type="button"
            className="plain event-kind"
            title="Find events of this kind"
            onClick={() => onKind(kind)}
          >
            {kind}
          </button>
        </p>
        {facts.length > 0 && (
          <details className="event-facts">
            <summary>Details</summary>
            <dl>
              {facts.map((fact) => (
                <div key={fact.name}>
                  <dt>{fact.name}</dt>
                  <dd>{fact.value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </td>
    </tr>
  );
}
