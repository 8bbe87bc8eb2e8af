import { CPU, CPU_RUNNING, CPU_WAITING } from '../../load/model.ts';

/** Into what recorded load is summed up for a trace. */
export const COLUMNS = ['running', 'unsplit', 'waiting', 'io', 'lock', 'other'] as const;
export type Column = (typeof COLUMNS)[number];

/** Below so many sessions on average nothing is said. */
const WORTH_SAYING = 0.005;

export function columnOf(waitEvent: string): Column {
  if (waitEvent === CPU_RUNNING) return 'running';
  if (waitEvent === CPU_WAITING) return 'waiting';
  if (waitEvent === CPU) return 'unsplit';
  const [type] = waitEvent.split(':', 1);
  return type === 'IO' ? 'io' : type === 'Lock' ? 'lock' : 'other';
}

/** What a reader must know of how load was recorded; mean sessions of each column, and of background work on CPU. */
export function averageWaits(mean: Readonly<Record<Column, number>>, background: number): string[] {
  const notes: string[] = [];
  const say = (sessions: number, text: string) => {
    if (sessions >= WORTH_SAYING) notes.push(text);
  };
  say(
    mean.waiting,
    `Work had to wait for a processor (${rounded(mean.waiting)} sessions on average), so at times more was asked for than this trace shows.`,
  );
  say(
    mean.unsplit,
    'Some of it was recorded without the view of the kernel, which alone tells sessions on a processor from those that wait for one; both count as CPU.',
  );
  say(background, `Background work such as autovacuum is in it, ${rounded(background)} CPUs on average.`);
  say(
    mean.other,
    `Waits for other things (${rounded(mean.other)} sessions on average: clients, other processes, light-weight locks) are left out.`,
  );
  return notes;
}

function rounded(value: number): string {
  return value.toFixed(2);
}
