import { setTimeout as sleep } from 'node:timers/promises';
import { linksOf } from '../load/socket-owner.ts';

const LOOKS = 60;
const LOOK_EVERY_MS = 25;

/** Open descriptors of a process at its quietest within a second or two, each kind with how many. */
export async function fewestDescriptors(pid: number): Promise<ReadonlyMap<string, number>> {
  let fewest: string[] | null = null;
  for (let look = 0; look < LOOKS; look++) {
    const links = linksOf(pid);
    if (links.length > 0 && (fewest === null || links.length < fewest.length)) fewest = links;
    await sleep(LOOK_EVERY_MS);
  }
  return countKinds(fewest ?? []);
}

/** `socket:[4711]` is a socket as any other; a file is itself. */
export function countKinds(links: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const link of links) {
    const kind = /^(\w+):\[\d+\]$/.exec(link)?.[1] ?? link;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Kinds that there are more of than before, as in `socket +3`; of files as many may have taken others' place. */
export function grown(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  const sum = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((total, count) => total + count, 0);
  if (sum(after) <= sum(before)) return [];
  return [...after].flatMap(([kind, count]) => {
    const more = count - (before.get(kind) ?? 0);
    return more > 0 ? [`${kind} +${more}`] : [];
  });
}
