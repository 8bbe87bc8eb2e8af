import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Why somebody else may exchange the folder, or one above it, while root works in there: a phrase with the way out; null where nobody
 * may. `realPath` without links. Raises the system's error.
 */
export async function whyUnsafe(realPath: string): Promise<string | null> {
  const us = process.getuid?.() ?? 0;
  for (let folder = realPath; ; folder = dirname(folder)) {
    const { mode, uid, gid } = await lstat(folder);
    const isSticky = (mode & 0o1000) !== 0;
    if ((mode & 0o002) !== 0 && !isSticky)
      return `everybody may write to ${folder}, so somebody could put another folder in the place of ours. Take that back (chmod o-w ${folder})`;
    if (us === 0 && uid !== 0)
      return `${folder} belongs to another user, who could put another folder in the place of ours. Give it to root (chown root ${folder})`;
    if (us === 0 && gid !== 0 && (mode & 0o020) !== 0 && !isSticky)
      return `a group of users may write to ${folder}, who could put another folder in the place of ours. Take that back (chmod g-w ${folder})`;
    if (folder === dirname(folder)) return null;
  }
}
