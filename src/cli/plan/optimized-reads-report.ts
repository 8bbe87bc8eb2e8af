import type { LoadRow, OptimizedReadsPlan } from '../../planner/optimized-reads/model.ts';
import type { Ink, Line } from '../terminal/paint.ts';
import { figureTable, type TableColumn } from './figure-table.ts';
import {
  formatChange,
  formatSessions,
  loadTitle,
  runFigures,
  sizeSentences,
  type RunFigure,
} from './optimized-reads-words.ts';

/** Writes a sentence beside its label. */
export type Labelled = (label: string, text: string) => readonly Line[];

const STRONG: Ink = { bold: true };

/** The what-if of Optimized Reads on a terminal: the verdict first, then what it rests on. */
export function optimizedReadsLines(
  plan: OptimizedReadsPlan,
  width: number,
  labelled: Labelled,
): readonly Line[] {
  const figures = runFigures(plan);
  return [
    ...labelled('verdict', plan.verdict.sentence),
    ...plan.remarks.flatMap((remark) => labelled('capacity', remark)),
    ...sizeSentences(plan).flatMap((sentence, index) => labelled(index === 0 ? 'sizes' : '', sentence)),
    ...(plan.load.length === 0 ? [] : [[], ...loadTable(plan, width)]),
    ...(figures.length === 0
      ? []
      : [
          [],
          ...figureTable(
            RUN_COLUMNS,
            figures.map((row) => ({ row })),
            width,
          ),
        ]),
    ...(plan.assumptions.length === 0
      ? []
      : [
          [],
          ...plan.assumptions.flatMap((sentence, index) => labelled(index === 0 ? 'assumed' : '', sentence)),
        ]),
  ];
}

const RUN_COLUMNS: readonly TableColumn<RunFigure>[] = [
  { title: 'replayed with Airglow', isText: true, expendable: 0, text: ({ name }) => name },
  { title: 'without', expendable: 0, text: ({ before }) => before },
  { title: 'with', expendable: 0, text: ({ after }) => after },
];

function loadTable(plan: OptimizedReadsPlan, width: number): readonly Line[] {
  const columns: readonly TableColumn<LoadRow>[] = [
    { title: loadTitle(plan), isText: true, expendable: 0, text: ({ name }) => name },
    { title: 'without', expendable: 0, text: ({ before }) => formatSessions(before) },
    { title: 'with', expendable: 0, text: ({ after }) => formatSessions(after) },
    { title: 'change', expendable: 1, text: ({ before, after }) => formatChange(before, after) },
  ];
  const rows = plan.load.map((row, index) => ({ row, ink: index === plan.load.length - 1 ? STRONG : {} }));
  return figureTable(columns, rows, width);
}
