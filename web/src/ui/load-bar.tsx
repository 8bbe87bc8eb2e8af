import type { ColorOf } from '../color/layer-colors.ts';
import { formatLoad } from '../format/numbers.ts';

export interface LoadPart {
  readonly key: string;
  readonly label: string;
  readonly aas: number;
}

/** Load as a bar split into its parts, against the most loaded row of a table. */
export function LoadBar({
  parts,
  aas,
  mostAas,
  colorOf,
}: {
  readonly parts: readonly LoadPart[];
  readonly aas: number;
  readonly mostAas: number;
  readonly colorOf: ColorOf;
}) {
  const share = mostAas > 0 ? aas / mostAas : 0;
  const told = parts.map(({ label, aas: load }) => `${label} ${formatLoad(load)}`).join(', ');
  return (
    <span className="load-bar" role="img" aria-label={`${formatLoad(aas)} sessions: ${told}`} title={told}>
      <span className="load-bar-fill" style={{ width: `${share * 100}%` }}>
        {parts.map((part) => (
          <span
            key={part.key}
            style={{ width: `${aas > 0 ? (part.aas / aas) * 100 : 0}%`, background: colorOf(part.key) }}
          />
        ))}
      </span>
    </span>
  );
}
