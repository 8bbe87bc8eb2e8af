import type { LoadRow, OptimizedReadsPlan } from '../../../planner/optimized-reads/model.ts';
import {
  formatChange,
  formatSessions,
  loadTitle,
  runFigures,
  sizeSentences,
  type RunFigure,
} from '../optimized-reads-words.ts';
import { markup, type Html } from './html.ts';
import { table, type Column } from './tables.ts';

const RUN_COLUMNS: readonly Column<RunFigure>[] = [
  { title: "Replayed with Airglow's policy", isText: true, cell: ({ name }) => name },
  { title: 'Without', cell: ({ before }) => before },
  { title: 'With', cell: ({ after }) => after },
];

const LOAD_COLUMNS: readonly Column<LoadRow>[] = [
  { title: 'Average active sessions', isText: true, cell: ({ name }) => name },
  { title: 'Without', cell: ({ before }) => formatSessions(before) },
  { title: 'With', cell: ({ after }) => formatSessions(after) },
  { title: 'Change', cell: ({ before, after }) => formatChange(before, after) },
];

/** The what-if of Optimized Reads on the page; nothing where it was not asked for. */
export function optimizedReadsBlock(plan: OptimizedReadsPlan | undefined): Html | null {
  if (plan === undefined) return null;
  const figures = runFigures(plan);
  return markup`<div class="block">
    <h3>With Optimized Reads: a second cache tier on local NVMe</h3>
    <p><b>${plan.verdict.sentence}</b> ${plan.remarks.join(' ')}</p>
    <p>${sizeSentences(plan).join(' ')}</p>
    ${
      plan.load.length === 0
        ? null
        : markup`<h4>${loadTitle(plan)}</h4>
            ${table(LOAD_COLUMNS, rowsOf(plan.load))}`
    }
    ${figures.length === 0 ? null : markup`<h4>capacity and cost</h4>${table(RUN_COLUMNS, rowsOf(figures))}`}
    <ul class="notes">
      ${plan.assumptions.map((sentence) => markup`<li>${sentence}</li>`)}
    </ul>
  </div>`;
}

function rowsOf<Row>(rows: readonly Row[]) {
  return rows.map((row) => ({ row }));
}
