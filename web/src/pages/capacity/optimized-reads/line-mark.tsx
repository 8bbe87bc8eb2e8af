/** A piece of the line as it is drawn. */
export function LineMark({
  color,
  dash,
}: {
  readonly color: string;
  readonly dash?: readonly number[] | undefined;
}) {
  return (
    <svg className="line-mark" width="22" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="22" y2="4" stroke={color} strokeWidth="3" strokeDasharray={dash?.join(' ')} />
    </svg>
  );
}
