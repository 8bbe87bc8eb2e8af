import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AirglowError } from '../../errors.ts';

/** What a service starts: it has to be there after a reboot, and whoever may change it may do what the service may. */
export interface ProgramFiles {
  readonly node: string;
  readonly main: string;
}

/**
 * This program as it is installed. Run from its source it is what was built from that, since a service has no loader of
 * TypeScript. Raises INVALID_ARGUMENT where nothing is built.
 */
export function findProgram(here: string = import.meta.dirname): ProgramFiles {
  const cli = dirname(here);
  const isSource = !existsSync(join(cli, 'main.js'));
  const main = isSource ? join(dirname(dirname(cli)), 'dist', 'cli', 'main.js') : join(cli, 'main.js');
  if (!existsSync(main)) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      'a service cannot run Airglow from its source: build it (npm run build), or install it (npm install --global airglow)',
    );
  }
  return { node: realpathSync(process.execPath), main: realpathSync(main) };
}

/** What speaks against running these as a service, in sentences; `asRoot` for one that root runs. */
export function cautionsAbout({ node, main }: ProgramFiles, asRoot: boolean): readonly string[] {
  const cached = /[/\\]_npx[/\\]/.test(main)
    ? [
        `${main} is in the cache of npx, which is emptied at times: npm install --global airglow gives it a place.`,
      ]
    : [];
  const foreign = asRoot ? [node, main].filter((path) => isOpenToOthers(path)) : [];
  return [
    ...cached,
    ...foreign.map(
      (path) =>
        `Root would run ${path}, which others than root may change: install it where only root writes.`,
    ),
  ];
}

/** Whether anybody but root may change the file, or put another one in its place. */
function isOpenToOthers(path: string): boolean {
  const { uid, mode } = statSync(path);
  const isSticky = (mode & 0o1000) !== 0;
  if (uid !== 0 || ((mode & 0o022) !== 0 && !isSticky)) return true;
  const above = dirname(path);
  return above !== path && isOpenToOthers(above);
}
