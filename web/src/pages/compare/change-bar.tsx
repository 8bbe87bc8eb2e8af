/** A bar to the right for more and to the left for less; the figure stands beside it. */
export function ChangeBar({ difference, most }: { readonly difference: number; readonly most: number }) {
  const share = most > 0 ? Math.min(1, Math.abs(difference) / most) : 0;
  const side = difference < 0 ? 'less' : 'more';
  return (
    <span className="change-bar" aria-hidden="true">
      <span className={side} style={{ width: `${share * 50}%` }} />
    </span>
  );
}
