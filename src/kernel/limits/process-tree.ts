import { readdirSync } from 'node:fs';
import { readProcessStat } from '../process-reader.ts';

/**
 * A process and all that descends from it, those on their way out left out. Whoever moves them has to look again until
 * none is outside: children forked meanwhile by one that had not moved yet are seen the next time. All of /proc is
 * read, since the kernel's own list of children may skip some when one of them ends.
 */
export function processTree(root: number): number[] {
  const childrenOf = new Map<number, number[]>();
  const alive = new Set<number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readProcessStat(pid) : null;
    if (stat === null) continue;
    if (!stat.isExiting && stat.state !== 'Z' && stat.state !== 'X') alive.add(pid);
    const siblings = childrenOf.get(stat.parentPid);
    if (siblings === undefined) childrenOf.set(stat.parentPid, [pid]);
    else siblings.push(pid);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []));
  return tree.filter((pid) => alive.has(pid));
}
