import { useState } from 'react';
import { waitColor } from '../../color/layer-colors.ts';
import { formatMs } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';
import { Swatch } from '../../ui/chip.tsx';
import { Sql } from './lock-trees.tsx';
import { groupOf, nextOrder, sortRows, type Column, type Order, type SessionRow } from './session-rows.ts';

const HEADS: readonly { readonly column: Column; readonly name: string; readonly isNumber?: true }[] = [
  { column: 'pid', name: 'pid', isNumber: true },
  { column: 'state', name: 'State' },
  { column: 'waitEvent', name: 'On, or waiting for' },
  { column: 'queryMs', name: 'Statement', isNumber: true },
  { column: 'transactionMs', name: 'Transaction', isNumber: true },
  { column: 'user', name: 'User' },
  { column: 'application', name: 'Application' },
  { column: 'host', name: 'Host' },
  { column: 'database', name: 'Database' },
  { column: 'sql', name: 'SQL' },
];

const LONGEST_FIRST: Order = { column: 'transactionMs', isDescending: true };

/** A row for each session, in the order that is asked for by the heads of the columns. */
export function SessionTable({ sessions }: { readonly sessions: readonly SessionRow[] }) {
  const [order, setOrder] = useState(LONGEST_FIRST);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="scroll" role="region" aria-label="Table of sessions" tabIndex={0}>
      <table className="top-table session-table">
        <thead>
          <tr>
            {HEADS.map(({ column, name, isNumber }) => (
              <th
                key={column}
                scope="col"
                className={isNumber === true ? 'number' : undefined}
                aria-sort={
                  order.column === column ? (order.isDescending ? 'descending' : 'ascending') : undefined
                }
              >
                <button
                  type="button"
                  className="plain sort"
                  onClick={() => setOrder(nextOrder(order, column))}
                >
                  {name}
                  <span aria-hidden="true" className="sort-mark">
                    {order.column === column ? (order.isDescending ? '▼' : '▲') : ''}
                  </span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(sessions, order).map((session) => (
            <Row key={session.pid} session={session} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ session }: { readonly session: SessionRow }) {
  const { pid, user, application, host, database, queryMs, transactionMs } = session;
  const group = groupOf(session);
  return (
    <tr className={`session ${group.replaceAll(' ', '-')}`}>
      <td className="number">{pid}</td>
      <td className="session-state">
        <State session={session} />
      </td>
      <td className="session-on">
        <Wait session={session} />
      </td>
      <td className="number session-query">{formatMs(queryMs)}</td>
      <td className="number session-transaction">{formatMs(transactionMs)}</td>
      <td className="session-user">{user === '' ? <span className="faint">{session.type}</span> : user}</td>
      <td className="session-app">{application}</td>
      <td className="session-from">{host}</td>
      <td className="session-from">{database}</td>
      <td className="session-sql">
        <Sql session={session} />
      </td>
    </tr>
  );
}

function State({ session }: { readonly session: SessionRow }) {
  const { state, load } = session;
  const group = groupOf(session);
  if (group === 'background') return <span className="faint">server process</span>;
  if (group === 'idle in transaction') return <Badge tone="warning">{state}</Badge>;
  if (group === 'waiting') return <Badge tone="danger">{`blocked by ${session.blockedByPid ?? ''}`}</Badge>;
  if (state === 'idle' && load > 0) {
    return <span title="It was at work within the last look, and is idle now">done a moment ago</span>;
  }
  return state;
}

function Wait({ session: { waitEvent, lock } }: { readonly session: SessionRow }) {
  if (waitEvent === '') return <span className="faint">–</span>;
  return (
    <span className="session-wait" title={lock ?? undefined}>
      <Swatch color={waitColor(waitEvent)} />
      {waitEvent}
    </span>
  );
}
