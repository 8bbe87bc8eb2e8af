import { DIMENSIONS, type Dimension } from '../../../src/load/model.ts';
import { DIMENSION_NAMES } from '../view/dimension-names.ts';

/** What a table lists. */
export function DimensionTabs({
  chosen,
  onChoose,
}: {
  readonly chosen: Dimension;
  readonly onChoose: (dimension: Dimension) => void;
}) {
  return (
    <div className="tabs" role="group" aria-label="List by">
      {DIMENSIONS.map((dimension) => (
        <button
          key={dimension}
          type="button"
          aria-pressed={dimension === chosen}
          onClick={() => onChoose(dimension)}
        >
          {DIMENSION_NAMES[dimension].many}
        </button>
      ))}
    </div>
  );
}
