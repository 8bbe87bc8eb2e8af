import { useState } from 'react';
import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import { formatAcu, formatCount, formatMs } from '../../format/numbers.ts';
import { formatClock, formatMoment } from '../../format/times.ts';
import { Empty } from '../../ui/notes.tsx';
import { saveCsv } from '../../ui/save.ts';
import { csvOfRows, ROW_KINDS, type CapacityRow, type RowKind } from './capacity-rows.ts';
import { sentenceOf } from './capacity-words.ts';
import { KIND_LOOKS } from './kind-looks.ts';

const FIRST_ROWS = 25;

/** Each change, each scale-down that was held back, and each pause, with its reason. */
export function HistoryTable({
  name,
  answer,
  rows,
}: {
  readonly name: string;
  readonly answer: CapacityAnswer;
  readonly rows: readonly CapacityRow[];
}) {
  const [kind, setKind] = useState<RowKind | null>(null);
  const [isWhole, setWhole] = useState(false);
  const found = kind === null ? rows : rows.filter((row) => row.kind === kind);
  const shown = isWhole ? found : found.slice(0, FIRST_ROWS);
  return (
    <section className="panel" aria-labelledby="changes-title">
      <div className="panel-head">
        <h2 id="changes-title">What changed it, and what held it</h2>
        <div className="segments" role="group" aria-label="Show">
          <button type="button" aria-pressed={kind === null} onClick={() => setKind(null)}>
            All {rows.length}
          </button>
          {ROW_KINDS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={kind === one}
              onClick={() => setKind(kind === one ? null : one)}
            >
              {KIND_LOOKS[one].many} {rows.filter((row) => row.kind === one).length}
            </button>
          ))}
        </div>
        <span className="spacer" />
        <button
          type="button"
          className="plain"
          disabled={found.length === 0}
          onClick={() => saveCsv(`${name}-capacity`, csvOfRows(found))}
        >
          Save as CSV
        </button>
      </div>
      {shown.length === 0 ? (
        <Empty title="Nothing of this kind">
          <p>Capacity stayed as it was, or another time has more.</p>
        </Empty>
      ) : (
        <Rows rows={shown} isLong={answer.meta.toMs - answer.meta.fromMs > 86_400_000} />
      )}
      <p className="table-footer">
        <span className="faint">{leftOutText(answer)}</span>
        {found.length > FIRST_ROWS && (
          <button type="button" className="plain" onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'Only the newest' : `All ${found.length}`}
          </button>
        )}
      </p>
    </section>
  );
}

function Rows({ rows, isLong }: { readonly rows: readonly CapacityRow[]; readonly isLong: boolean }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="scroll" role="region" aria-label="Changes of capacity" tabIndex={0}>
      <table className="top-table capacity-rows">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col" className="number">
              Capacity
            </th>
            <th scope="col" className="number">
              For
            </th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.kind} ${row.fromMs} ${row.toMs} ${row.reason}`}>
              <td className="capacity-when">{isLong ? formatMoment(row.fromMs) : formatClock(row.fromMs)}</td>
              <td>
                <span className={`capacity-kind ${row.kind}`}>
                  <span aria-hidden="true">{KIND_LOOKS[row.kind].mark}</span> {KIND_LOOKS[row.kind].one}
                </span>
              </td>
              <td className="number">{acuText(row)}</td>
              <td className="number">{row.toMs > row.fromMs ? formatMs(row.toMs - row.fromMs) : ''}</td>
              <td className="capacity-reason">{sentenceOf(row.reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function acuText({ kind, fromAcu, toAcu }: CapacityRow): string {
  if (kind === 'pause' && toAcu === 0) return 'asleep';
  if (fromAcu === null || fromAcu === toAcu) return formatAcu(toAcu);
  return `${formatCount(fromAcu)} → ${formatAcu(toAcu)}`;
}

function leftOutText({ leftOutChanges, meta }: CapacityAnswer): string {
  const parts: string[] = [];
  if (leftOutChanges > 0) parts.push(`${formatCount(leftOutChanges)} older changes are left out.`);
  if (meta.explainedFromMs > meta.fromMs) {
    parts.push(`Reasons are told since ${formatMoment(meta.explainedFromMs)}; zoom in for older ones.`);
  }
  return parts.join(' ');
}
