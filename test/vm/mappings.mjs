// User-mode Linux maps each page of a process on its own, and the host bounds how many mappings a process may have
// (65,530 unless told otherwise: 256 MiB). Whoever touches more is killed, with a word about it on the machine's console.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SETTING = '/proc/sys/vm/max_map_count';
const PAGES_PER_MIB = 256;
/** Libraries, and what the kernel splits. */
const SPARE = 65_530;

/**
 * Lets every process of the machine touch all of its memory, until `giveBack` is called by the last run that needs it.
 * @param {string} cache folder that all runs share
 * @param {number} memoryMiB of the machine
 * @returns {{ whyNot: string | null, giveBack: () => void }} `whyNot` where that cannot be
 */
export function takeMappings(cache, memoryMiB) {
  const needed = memoryMiB * PAGES_PER_MIB + SPARE;
  const folder = join(cache, 'mappings');
  const before = join(folder, 'before');
  const own = join(folder, String(process.pid));
  mkdirSync(folder, { recursive: true });
  writeFileSync(own, '');
  const giveBack = () => {
    rmSync(own, { force: true });
    const value = numberIn(before);
    if (value === null || readdirSync(folder).some(isAlive)) return;
    // What somebody else has set meanwhile stays.
    if (numberIn(SETTING) === needed) writeFileSync(SETTING, String(value));
    rmSync(before);
  };
  const found = numberIn(SETTING);
  if (found === null || found >= needed) return { whyNot: null, giveBack };
  try {
    if (numberIn(before) === null) writeFileSync(before, String(found));
    writeFileSync(SETTING, String(needed));
    return { whyNot: null, giveBack };
  } catch {
    rmSync(before, { force: true });
    const bound = Math.floor(found / PAGES_PER_MIB);
    return {
      whyNot: `processes that touch more than ${bound} MiB are killed here; as root: sysctl vm.max_map_count=${needed}`,
      giveBack,
    };
  }
}

function numberIn(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Whether the name is the process id of a run; one that was killed left its name behind. */
function isAlive(name) {
  if (!/^\d+$/.test(name)) return false;
  try {
    process.kill(Number(name), 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
