import { Turns } from '../turns.ts';

export interface DiskTurns {
  readonly looks: Turns;
  readonly counts: Turns;
}

const known = new Map<string, DiskTurns>();

/**
 * Of all databases on that folder of local storage. Calls to a disk that hangs never come back, and each keeps a thread;
 * there are four for all that this process does with files. So no more than two are given away.
 */
export function diskTurns(realPath: string): DiskTurns {
  const turns = known.get(realPath) ?? { looks: new Turns(), counts: new Turns() };
  known.set(realPath, turns);
  return turns;
}
