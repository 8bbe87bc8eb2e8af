import { basename, dirname, join } from 'node:path';
import { AirglowError } from '../../errors.ts';
import type { ControlFiles } from './control-files.ts';
import { isReadable } from './control-stat.ts';
import { enableController, offersController } from './enable-controller.ts';
import { openGroupV2 } from './group-v2.ts';
import type { PlaceV2 } from './group-v2.ts';
import { KernelLimits } from './kernel-limits.ts';
import { membersOf, moveOne } from './members.ts';
import { errorCode } from './refusal.ts';

/** Where we live ourselves when our group has groups below it: v2 allows processes in leaves only. */
const LEAF = 'airglow-daemon';
/** Processes may be made while others are moved. */
const MOST_ROUNDS = 10;

/** Where v2 groups could be built, best first. */
export interface CandidatesV2 {
  /** The mount: what root may use. */
  readonly mountPath: string;
  /** Our own group: ours to divide, where it was delegated to us. */
  readonly ownGroup: string | null;
}

/** The host as the v2 hierarchy allows it; why not, where it gives neither CPU nor memory. */
export async function findV2(
  files: ControlFiles,
  { mountPath, ownGroup }: CandidatesV2,
  rootName: string,
  pageBytes: number,
): Promise<KernelLimits | string> {
  const own = ownGroup !== null && basename(ownGroup) === LEAF ? dirname(ownGroup) : ownGroup;
  const reasons: string[] = [];
  for (const base of new Set([mountPath, own ?? mountPath])) {
    const place = await preparePlace(files, base, rootName);
    if (typeof place === 'string') reasons.push(place);
    else return hostAt(files, place, pageBytes);
  }
  return reasons.join('; ');
}

/** A host in a place that was prepared. */
export function hostAt(files: ControlFiles, place: PlaceV2, pageBytes: number): KernelLimits {
  const has = (file: string): boolean => files.exists(join(place.root, file));
  const capabilities = {
    cpu: place.cpu,
    memory: place.memory,
    swap: place.memory && has('memory.swap.max'),
    freezer: has('cgroup.freeze'),
    burst: place.cpu && has('cpu.max.burst'),
    pressure: place.memory && isReadable(files, join(place.root, 'memory.pressure')),
  };
  const openGroup = (name: string): ReturnType<typeof openGroupV2> =>
    openGroupV2(files, place, name, pageBytes);
  return new KernelLimits({ version: 2, capabilities, roots: [place.root], openGroup }, files);
}

async function preparePlace(files: ControlFiles, base: string, rootName: string): Promise<PlaceV2 | string> {
  const root = join(base, rootName);
  const offered = ['cpu', 'memory'].filter((controller) => offersController(files, base, controller));
  if (offered.length === 0) return `${base} offers neither the cpu nor the memory controller`;
  const enabled: string[] = [];
  let refused = '';
  try {
    // First of all: it shows whether we may build here at all, before any process is moved.
    await files.makeFolder(root);
    const home = await findHome(files, base);
    for (const controller of offered) {
      const why = await whyNotEnabled(files, base, controller);
      if (why === null) enabled.push(controller);
      else refused = why;
    }
    if (enabled.length > 0) {
      return { root, home, cpu: enabled.includes('cpu'), memory: enabled.includes('memory') };
    }
  } catch (error) {
    refused = error instanceof AirglowError ? error.message : `${root} cannot be made (${errorCode(error)})`;
  }
  await files.removeFolder(root).catch(() => {});
  return refused;
}

/** Null where it is enabled. */
async function whyNotEnabled(files: ControlFiles, base: string, controller: string): Promise<string | null> {
  return enableController(files, base, controller).then(
    () => null,
    (error: Error) => error.message,
  );
}

/**
 * The hierarchy's root may hold processes beside groups; it alone has no type. From any other group all processes, we
 * among them, go to a leaf before anything is enabled: once the cpu controller is, while there are processes, the kernel
 * takes the group for one of threads, and those below it can have no controllers.
 */
async function findHome(files: ControlFiles, base: string): Promise<string> {
  if (!files.exists(join(base, 'cgroup.type'))) return base;
  const leaf = join(base, LEAF);
  await files.makeFolder(leaf);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const pids = membersOf(files, base);
    if (pids.length === 0) break;
    for (const pid of pids) await moveOne(files, pid, leaf);
  }
  return leaf;
}
