import type { ColorOf } from '../../color/layer-colors.ts';
import { OTHER } from '../../../../src/history/history.ts';
import type { Dimension } from '../../../../src/load/model.ts';
import { meanOf } from '../../charts/stack.ts';
import { formatLoad } from '../../format/numbers.ts';
import { formatClock, formatMoment } from '../../format/times.ts';
import { Swatch } from '../../ui/chip.tsx';
import { DIMENSION_NAMES, nameOfKey } from '../../view/dimension-names.ts';
import { hasFilter, type Filter } from '../../view/view-state.ts';
import type { ShownLoad } from './load-data.ts';

/** The layers by name, with their average, or their load at the moment under the pointer; a click filters. */
export function Legend({
  shown,
  slice,
  colorOf,
  hovered,
  filters,
  onFilter,
}: {
  readonly shown: ShownLoad;
  readonly slice: Dimension;
  readonly colorOf: ColorOf;
  readonly hovered: number | null;
  readonly filters: readonly Filter[];
  readonly onFilter: (value: string) => void;
}) {
  const at = hovered === null ? undefined : shown.atMs[hovered];
  const index = at === undefined ? null : hovered;
  const rows = shown.layers.toReversed().map((layer) => ({
    layer,
    value: index === null ? meanOf(layer.values) : (layer.values[index] ?? null),
  }));
  const total = rows.reduce((sum, { value }) => sum + (value ?? 0), 0);
  const days = shown.span.toMs - shown.span.fromMs > 86_400_000;
  return (
    <div className="legend">
      <table>
        <caption>
          {at === undefined ? 'average' : days ? formatMoment(at) : formatClock(at)}
          <span className="number">{formatLoad(total)}</span>
        </caption>
        <colgroup>
          <col />
          <col className="load-column" />
        </colgroup>
        <thead className="unseen">
          <tr>
            <th scope="col">{DIMENSION_NAMES[slice].one}</th>
            <th scope="col">average active sessions</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ layer: { key }, value }) => {
            const name = nameOfKey(slice, shown.labelOf(key));
            const isOn = hasFilter(filters, { dimension: slice, value: key });
            return (
              <tr key={key}>
                <th scope="row">
                  <Swatch color={colorOf(key)} />
                  {key === OTHER || key === '' ? (
                    <span className="ellipsis">{key === OTHER ? 'everything else' : name}</span>
                  ) : (
                    <button
                      type="button"
                      className="plain ellipsis"
                      aria-pressed={isOn}
                      title={`${name}: ${isOn ? 'show everything' : 'show only this'}`}
                      onClick={() => onFilter(key)}
                    >
                      {name}
                    </button>
                  )}
                </th>
                <td className="number">{formatLoad(value)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
