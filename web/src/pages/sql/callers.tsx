import type { Dimension } from '../../../../src/load/model.ts';
import { useTop, type Selection } from '../../api/queries.ts';
import { waitColor } from '../../color/layer-colors.ts';
import { formatLoad, formatShare } from '../../format/numbers.ts';
import { LoadBar } from '../../ui/load-bar.tsx';
import { Failure, Loading } from '../../ui/notes.tsx';
import { DIMENSION_NAMES, nameOfKey } from '../../view/dimension-names.ts';

const BY: readonly Dimension[] = ['db.user', 'db.application', 'db.host', 'db.name'];

/** Who runs a statement. */
export function Callers({ selection }: { readonly selection: Selection }) {
  return (
    <div className="callers">
      {BY.map((dimension) => (
        <ByDimension key={dimension} selection={selection} dimension={dimension} />
      ))}
    </div>
  );
}

function ByDimension({
  selection,
  dimension,
}: {
  readonly selection: Selection;
  readonly dimension: Dimension;
}) {
  const { data, error } = useTop({ ...selection, limit: 5 }, dimension, 'db.wait_event');
  const { many } = DIMENSION_NAMES[dimension];
  return (
    <section className="panel" aria-label={many}>
      <h2>{many}</h2>
      {data === undefined ? (
        error === null ? (
          <Loading what={many.toLowerCase()} />
        ) : (
          <Failure error={error} />
        )
      ) : (
        <table className="top-table">
          <thead className="unseen">
            <tr>
              <th scope="col">{DIMENSION_NAMES[dimension].one}</th>
              <th scope="col">load by waits</th>
              <th scope="col">AAS</th>
              <th scope="col">of all</th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.key}>
                <th scope="row" className="caller">
                  <span className="ellipsis">{nameOfKey(dimension, row.label)}</span>
                </th>
                <td className="load-cell">
                  <LoadBar
                    parts={row.partitions}
                    aas={row.aas}
                    mostAas={data.rows[0]?.aas ?? 0}
                    colorOf={waitColor}
                  />
                </td>
                <td className="number">{formatLoad(row.aas)}</td>
                <td className="number">{formatShare(row.aas, data.meta.aas ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
