import { join } from 'node:path';
import type { ControlFiles } from './control-files.ts';
import { refusal } from './refusal.ts';

/** Whether groups below a folder can have this controller. */
export function offersController(files: ControlFiles, folder: string, controller: string): boolean {
  return words(files, join(folder, 'cgroup.controllers')).includes(controller);
}

/** Gives the groups below a v2 folder a controller. Raises LIMIT_REFUSED, with the system's error as its cause. */
export async function enableController(
  files: ControlFiles,
  folder: string,
  controller: string,
): Promise<void> {
  const path = join(folder, 'cgroup.subtree_control');
  if (words(files, path).includes(controller)) return;
  const text = `+${controller}`;
  try {
    await files.write(path, text);
  } catch (error) {
    throw refusal(files, path, text, error);
  }
}

function words(files: ControlFiles, path: string): string[] {
  try {
    return files.read(path).trim().split(/\s+/);
  } catch {
    return [];
  }
}
