import type { Dimension } from '../../../../src/load/model.ts';
import type { Cell } from '../../ui/csv.ts';
import type { ShownLoad } from './load-data.ts';

/** A row for each period that was observed, a column for each layer. */
export function csvOfLoad(
  { atMs, layers, labelOf, idleInTransaction, span }: ShownLoad,
  slice: Dimension,
): readonly (readonly Cell[])[] {
  const names = layers.map(({ key }) => labelOf(key) || `no ${slice}`);
  const rows = atMs.flatMap((at, index) => {
    const values = layers.map((layer) => layer.values[index] ?? null);
    const isShown = at < span.toMs && values.some((value) => value !== null);
    return isShown ? [[new Date(at).toISOString(), ...values, idleInTransaction[index] ?? null]] : [];
  });
  return [['time', ...names, 'idle in transaction'], ...rows];
}
