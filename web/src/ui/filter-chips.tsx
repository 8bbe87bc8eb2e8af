import { DIMENSION_NAMES, nameOfKey } from '../view/dimension-names.ts';
import { toggleFilter, type Filter } from '../view/view-state.ts';

/** What the page is filtered by; a click takes one away. `labelOf` knows the text behind the id of a statement. */
export function FilterChips({
  filters,
  labelOf,
  onChange,
}: {
  readonly filters: readonly Filter[];
  readonly labelOf: (filter: Filter) => string;
  readonly onChange: (filters: readonly Filter[]) => void;
}) {
  if (filters.length === 0) return null;
  return (
    <ul className="chips" aria-label="Filters">
      {filters.map((filter) => {
        const { one } = DIMENSION_NAMES[filter.dimension];
        const label = nameOfKey(filter.dimension, labelOf(filter));
        return (
          <li key={`${filter.dimension}:${filter.value}`}>
            <button
              type="button"
              className="chip"
              aria-label={`Remove the filter ${one} ${label}`}
              title={label}
              onClick={() => onChange(toggleFilter(filters, filter))}
            >
              {one}: {label} <span aria-hidden="true">×</span>
            </button>
          </li>
        );
      })}
      {filters.length > 1 && (
        <li>
          <button type="button" className="plain" onClick={() => onChange([])}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}
