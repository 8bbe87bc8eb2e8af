import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import { formatAas } from '../terminal/numbers.ts';
import { paint, span, type ColorDepth, type Ink, type Line } from '../terminal/paint.ts';
import { clean, fit, fitRight, width } from '../terminal/text.ts';
import { money } from '../top/capacity-header.ts';
import { formatAcu } from '../top/capacity-view.ts';
import { formatAcuHours } from './amounts.ts';

interface Column {
  readonly title: string;
  readonly isNumber?: true;
  readonly text: (cluster: ClusterAnswer) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'name', text: ({ name }) => name },
  { title: 'status', text: ({ status }) => status },
  { title: 'engine', text: ({ engine }) => engine.version ?? String(engine.major) },
  { title: 'ACU', isNumber: true, text: ({ capacity }) => formatAcu(capacity.current) },
  {
    title: 'min-max',
    text: ({ capacity: { min, max } }) => `${formatAcu(min)}-${formatAcu(max)}`,
  },
  { title: 'AAS', isNumber: true, text: ({ load }) => (load === null ? '-' : formatAas(load.aas)) },
  { title: 'ACU-h', isNumber: true, text: ({ acuHours }) => formatAcuHours(acuHours) },
  { title: 'cost', isNumber: true, text: ({ cost }) => money(cost.currency, cost.amount) },
  { title: 'endpoint', text: ({ endpoint }) => endpointOf(endpoint) },
];

const HEADING: Ink = { dim: true };
const STATUS_INKS: Partial<Readonly<Record<ClusterAnswer['status'], Ink>>> = {
  failed: { fg: { c256: 203, c16: 91 }, bold: true },
  // Nothing of it runs, and that is as it should be.
  paused: { dim: true },
};

/** One line for each database, by name; never cut, since a cut name or endpoint is of no use. */
export function renderClusterTable(
  clusters: readonly ClusterAnswer[],
  { color }: { readonly color: ColorDepth },
): readonly string[] {
  const rows = clusters
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((cluster) => ({ cluster, cells: COLUMNS.map(({ text }) => clean(text(cluster))) }));
  const widths = COLUMNS.map(({ title }, index) =>
    Math.max(width(title), ...rows.map(({ cells }) => width(cells[index] ?? ''))),
  );
  const line = (cells: readonly string[], ink: (index: number) => Ink): Line =>
    cells.flatMap((cell, index) => {
      const columns = widths[index] ?? 0;
      const padded = COLUMNS[index]?.isNumber ? fitRight(cell, columns) : fit(cell, columns);
      return [span(index === 0 ? '' : '  '), span(padded, ink(index))];
    });
  const heading = line(
    COLUMNS.map(({ title }) => title),
    () => HEADING,
  );
  const body = rows.map(({ cluster, cells }) =>
    line(cells, (index) => (index === 1 ? (STATUS_INKS[cluster.status] ?? {}) : {})),
  );
  return [heading, ...body].map((cells) => paint(cells, Number.POSITIVE_INFINITY, color).trimEnd());
}

export function endpointOf({ host, port }: ClusterAnswer['endpoint']): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
