import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AirglowError } from '../../errors.ts';

/** Whether a page can go there, before the work that it takes. Raises INVALID_ARGUMENT. */
export async function checkPagePath(path: string): Promise<void> {
  if (await isDirectory(path)) throw refusal(path, 'is a folder; name a file in it, as in plan.html');
  if (!(await isDirectory(dirname(path))))
    throw refusal(path, 'lies in a folder that is not there; make it first');
}

/** Whole or not at all: whoever has the old page open never sees half of the new one. Raises INVALID_ARGUMENT. */
export async function writePage(path: string, html: string): Promise<void> {
  await checkPagePath(path);
  let aside: string | null = null;
  try {
    // A folder of its own beside it: nobody else can have put a file or a link of that name there.
    aside = await mkdtemp(join(dirname(path), '.airglow-plan-'));
    const fresh = join(aside, basename(path));
    await writeFile(fresh, html);
    await rename(fresh, path);
  } catch (error) {
    throw refusal(
      path,
      `cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      error,
    );
  } finally {
    if (aside !== null) await rm(aside, { recursive: true, force: true });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function refusal(path: string, fault: string, cause?: unknown): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', `--html: ${path} ${fault}`, { cause });
}
