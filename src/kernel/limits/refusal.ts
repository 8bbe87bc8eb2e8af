import { dirname } from 'node:path';
import { AirglowError } from '../../errors.ts';
import type { ControlFiles } from './control-files.ts';

/** How to get limits where we may not write. */
export const DELEGATION_REMEDY =
  'run Airglow as root, or in a scope of its own with `systemd-run --user --scope -p Delegate=yes airglow up`';

/** What the kernel's refusal to take a control file's new content means to us. */
export function refusal(files: ControlFiles, path: string, text: string, error: unknown): AirglowError {
  if (error instanceof AirglowError) return error;
  const code = errorCode(error);
  const options = { cause: error };
  if ((code === 'ENOENT' || code === 'ENODEV') && !files.exists(dirname(path))) return groupGone(path, error);
  return new AirglowError('LIMIT_REFUSED', `${explain(code, path, text)}.`, options);
}

export function groupGone(path: string, cause?: unknown): AirglowError {
  return new AirglowError(
    'GROUP_GONE',
    `The control group ${dirname(path)} is gone: somebody removed it. Start the database again to get a new one.`,
    { cause },
  );
}

/** Without an account of it, nobody can bound what goes to swap. */
export function noSwapAccount(path: string): AirglowError {
  const remedy =
    'start the kernel with swapaccount=1, or use one that has CONFIG_SWAP and the memory controller';
  return new AirglowError(
    'LIMIT_REFUSED',
    `How much memory may be on swap cannot be limited, as there is no ${path}: ${remedy}.`,
  );
}

export function errorCode(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? 'unknown error';
}

function explain(code: string, path: string, text: string): string {
  const what = `"${text}" in ${path}`;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `We may not write ${what} (${code}): ${DELEGATION_REMEDY}`;
    case 'EROFS':
      return `${path} is mounted read-only: mount it for writing, or run Airglow on the host itself`;
    case 'EINVAL':
      return `The kernel refuses ${what} (${code}): a group above may allow less; look at the file of that name there`;
    case 'ENOENT':
    case 'ENODEV':
      return `This kernel has no ${path}: a newer one, or another controller in cgroup.subtree_control, is needed`;
    case 'EBUSY':
    // What the kernel calls a group that holds processes where groups below it have controllers.
    case 'ENOTSUP':
      return `The kernel refuses ${what} (${code}): processes or groups are in the way; move them and try again`;
    default:
      return `Writing ${what} failed (${code}): see the kernel's log`;
  }
}
