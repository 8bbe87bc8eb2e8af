import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AirglowError } from '../../errors.ts';
import { lockFile } from '../../kernel/file-lock.ts';
import { ProcessLock } from '../../kernel/process-lock.ts';

/** The folder of everything that a daemon keeps of its databases, held for this process alone. */
export interface StateFolder {
  /** With links resolved. */
  readonly path: string;
  /** Holds a folder for each database. */
  readonly clustersDir: string;
  /** Lets the next process have it. */
  release(): Promise<void>;
}

const LOCK_FILE = 'daemon.lock';
/** Says that the folder is one of state, and its layout. */
const MARK_FILE = 'state.json';
const CLUSTERS = 'clusters';
/** Raised when an older Airglow could not use it any more. */
const LAYOUT = 1;
const markSchema = z.object({ layout: z.literal(LAYOUT) });
/** What a folder may hold before it is one of state: what other parts of Airglow put there, or a new file system. */
const HARMLESS = new Set([
  CLUSTERS,
  'history',
  'token',
  'endpoint.json',
  'control.sock',
  'lost+found',
  'sentinel.sock',
  'sentinel.log',
  'sentinel-journal.jsonl',
]);
/** How long a process that was just killed may take to be gone. */
const PATIENCE_MS = 1000;

/**
 * Opens a state folder, or makes it. The users that databases run as pass through to their own data where we are root;
 * nobody else can look into it. Raises STATE_LOCKED while another process has it, STATE_CORRUPT where it cannot be used.
 */
export async function openStateFolder(folder: string): Promise<StateFolder> {
  try {
    return await openFolder(resolve(folder));
  } catch (error) {
    if (error instanceof AirglowError) throw error;
    throw unusable(folder, error instanceof Error ? error.message : String(error), error);
  }
}

async function openFolder(folder: string): Promise<StateFolder> {
  const path = await makeFolder(folder);
  await requireOwn(path);
  const lock = ProcessLock.take(join(path, LOCK_FILE));
  if (!(lock instanceof ProcessLock)) throw lockedBy(path, lock.holderPid);
  let mark: FileHandle | null = null;
  try {
    mark = await openMark(path);
    if ((await lockFile(mark.fd, PATIENCE_MS)) === 'busy') throw lockedBy(path, null);
    await checkMark(mark, path);
    const clustersDir = join(path, CLUSTERS);
    await mkdir(clustersDir, { recursive: true, mode: 0o700 });
    for (const each of [path, clustersDir]) {
      await requireOwn(each);
      await chmod(each, folderMode());
    }
    return { path, clustersDir, release: releaseOnce(mark, lock) };
  } catch (error) {
    await mark?.close();
    lock.release();
    throw error;
  }
}

/** Databases run as users of their own only where we are root. */
function folderMode(): number {
  return process.geteuid?.() === 0 ? 0o711 : 0o700;
}

/** Whatever our umask is, what is made above it can be passed through just so. */
async function makeFolder(folder: string): Promise<string> {
  const uppermost = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (uppermost !== undefined) {
    for (let each = folder; each.length >= uppermost.length; each = dirname(each))
      await chmod(each, folderMode());
  }
  return await realpath(folder);
}

/** A handle that nobody refers to is closed by Node, and the lock would be gone with it. */
const held = new Set<FileHandle>();

function releaseOnce(mark: FileHandle, lock: ProcessLock): () => Promise<void> {
  held.add(mark);
  let released: Promise<void> | null = null;
  const release = async (): Promise<void> => {
    held.delete(mark);
    await mark.close();
    lock.release();
  };
  return () => (released ??= release());
}

/** Whoever owns it could put anything there, and we may be root. */
async function requireOwn(path: string): Promise<void> {
  const { uid } = await stat(path);
  const self = process.geteuid?.() ?? uid;
  if (uid !== self) throw unusable(path, `it belongs to another user (uid ${uid}, and this one is ${self})`);
}

async function openMark(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  const names = await readdir(path);
  if (!names.includes(MARK_FILE)) {
    const foreign = names.filter((name) => !HARMLESS.has(name) && !name.startsWith(LOCK_FILE));
    if (foreign.length > 0) throw unusable(path, `it is no folder of Airglow's and holds ${foreign[0]}`);
  }
  return await open(join(path, MARK_FILE), O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
}

async function checkMark(mark: FileHandle, path: string): Promise<void> {
  const text = await mark.readFile('utf8');
  // Empty where it is new, or where its maker was killed at this very place.
  if (text === '') await mark.writeFile(`${JSON.stringify({ layout: LAYOUT })}\n`);
  else if (!isOurLayout(text))
    throw unusable(path, `its ${MARK_FILE} is damaged or of another version of Airglow`);
}

function isOurLayout(text: string): boolean {
  try {
    return markSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

function lockedBy(path: string, pid: number | null): AirglowError {
  if (pid === process.pid)
    return new AirglowError('STATE_LOCKED', `This process has the state folder ${path} open already.`);
  const [who, way] =
    pid === null
      ? ['another process, perhaps in another container', 'Stop that one']
      : [`process ${pid}`, `Stop that one (kill ${pid})`];
  return new AirglowError(
    'STATE_LOCKED',
    `The databases in ${path} are run by ${who}. ${way}, let it do what you want done, or choose another state folder.`,
  );
}

function unusable(path: string, reason: string, cause?: unknown): AirglowError {
  return new AirglowError(
    'STATE_CORRUPT',
    `The state folder ${path} cannot be used: ${reason}. Mend that, or choose a new or empty folder.`,
    { cause },
  );
}
