import { formatAcu } from '../../format/numbers.ts';
import { formatClock, formatMoment } from '../../format/times.ts';
import type { CapacityLines } from './capacity-lines.ts';
import { rowsAt, type CapacityRow } from './capacity-rows.ts';
import { KIND_LOOKS } from './kind-looks.ts';
import { sentenceOf } from './capacity-words.ts';
import { RESOURCE_LOOKS, RESOURCES, type Resource } from './resources.ts';
import type { TimeAxis } from './time-axis.ts';

/** What the charts show at the pointer, or else at their end. */
export interface Pointed {
  readonly index: number;
  readonly atMs: number;
  readonly isHovered: boolean;
}

/** The last period of which something is known, where nobody points anywhere. */
export function pointedAt(
  { atMs }: TimeAxis,
  { acu }: CapacityLines,
  hovered: number | null,
): Pointed | null {
  const last = acu.findLastIndex((value) => value !== null);
  const isHovered = hovered !== null && atMs[hovered] !== undefined;
  const index = isHovered ? hovered : last;
  const at = atMs[index];
  return at === undefined ? null : { index, atMs: at, isHovered };
}

export function CapacityAt({
  pointed,
  knownUntilMs,
  axis,
  lines,
  rows,
}: {
  readonly pointed: Pointed;
  /** Of what is newer, the rows tell nothing yet. */
  readonly knownUntilMs: number;
  readonly axis: TimeAxis;
  readonly lines: CapacityLines;
  readonly rows: readonly CapacityRow[];
}) {
  const { index, atMs } = pointed;
  const told = rowsAt(rows, Math.min(atMs, knownUntilMs), axis.periodMs);
  return (
    <div className="legend">
      <table>
        <Caption pointed={pointed} axis={axis} />
        <tbody>
          <Level name="capacity" mark="area" acu={lines.acu[index] ?? null} />
          <Level name="maximum" mark="max" acu={lines.maxAcu[index] ?? null} />
          <Level name="minimum" mark="min" acu={lines.minAcu[index] ?? null} />
        </tbody>
      </table>
      <ul className="capacity-told">
        {told.map((row) => (
          <li key={`${row.kind} ${row.fromMs}`}>
            <strong>
              <span aria-hidden="true">{KIND_LOOKS[row.kind].mark} </span>
              {changeText(row)} {formatClock(row.fromMs)}
            </strong>{' '}
            {sentenceOf(row.reason)}
          </li>
        ))}
      </ul>
    </div>
  );
}

export function DemandAt({
  pointed,
  axis,
  lines,
}: {
  readonly pointed: Pointed;
  readonly axis: TimeAxis;
  readonly lines: CapacityLines;
}) {
  // Of the newest periods only capacity is known yet.
  const known = lines.binding.findLastIndex((resource) => resource !== null);
  const index = pointed.isHovered ? pointed.index : Math.max(0, known);
  const binding = lines.binding[index] ?? null;
  return (
    <div className="legend">
      <table>
        <Caption pointed={pointed} axis={axis} />
        <thead className="unseen">
          <tr>
            <th scope="col">resource</th>
            <th scope="col">demand</th>
          </tr>
        </thead>
        <tbody>
          {RESOURCES.map((resource) => (
            <tr key={resource} className={resource === binding ? 'binding' : undefined}>
              <th scope="row">
                <LineMark resource={resource} />
                <span className="ellipsis">
                  {RESOURCE_LOOKS[resource].name}
                  {resource === binding && <span className="faint"> (most)</span>}
                </span>
              </th>
              <td className="number">{formatDemand(lines.demand[resource][index] ?? null)}</td>
            </tr>
          ))}
          <Level name="capacity" mark="area" acu={lines.acu[pointed.index] ?? null} />
        </tbody>
      </table>
      <p className="faint capacity-told">The strip at the top shows which resource asks for most.</p>
    </div>
  );
}

function Caption({ pointed, axis }: { readonly pointed: Pointed; readonly axis: TimeAxis }) {
  const { atMs, isHovered } = pointed;
  const days = axis.span.toMs - axis.span.fromMs > 86_400_000;
  return <caption>{isHovered ? (days ? formatMoment(atMs) : formatClock(atMs)) : 'at the end'}</caption>;
}

function Level({
  name,
  mark,
  acu,
}: {
  readonly name: string;
  readonly mark: 'area' | 'max' | 'min';
  readonly acu: number | null;
}) {
  return (
    <tr>
      <th scope="row">
        <span className={`level-mark ${mark}`} aria-hidden="true" />
        <span className="ellipsis">{name}</span>
      </th>
      <td className="number">{formatAcu(acu)}</td>
    </tr>
  );
}

/** A piece of the line as it is drawn. */
function LineMark({ resource }: { readonly resource: Resource }) {
  const { color, dash } = RESOURCE_LOOKS[resource];
  return (
    <svg className="line-mark" width="22" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="22" y2="4" stroke={color} strokeWidth="3" strokeDasharray={dash?.join(' ')} />
    </svg>
  );
}

function changeText({ kind, fromAcu, toAcu }: CapacityRow): string {
  if (kind === 'pause') return 'asleep since';
  if (kind === 'held') return 'held since';
  return `${kind} from ${String(fromAcu)} to ${formatAcu(toAcu)} at`;
}

function formatDemand(acu: number | null): string {
  return acu === null ? '–' : `${acu.toFixed(acu < 10 ? 2 : 1)} ACU`;
}
