import { renderAssignments } from '../../server-settings.ts';
import type { TempPlace } from './model.ts';
import { PLACE_SETTING, TABLESPACE } from './temp-layout.ts';

/** PostgreSQL keeps `temp_file_limit` as an int: a server does not start with more. */
const MOST_LIMIT_KIB = 2 ** 31 - 1;

/**
 * Text of temp.conf, which the server's configuration includes before what the user chose. `limitBytes` bounds each
 * process on local storage; beside the data there is no bound of ours.
 */
export function renderTempSettings(place: TempPlace, limitBytes: number): string {
  return `# Airglow writes this file as the place of temporary objects changes.\n${renderAssignments({
    temp_tablespaces: place === 'local' ? TABLESPACE : '',
    ...(place === 'local' && { temp_file_limit: `${limitKib(limitBytes)}kB` }),
    [PLACE_SETTING]: place,
  })}`;
}

/** What one session may take: all of them together are bounded elsewhere. */
function limitKib(limitBytes: number): number {
  return Math.min(MOST_LIMIT_KIB, Math.max(1, Math.floor(limitBytes / 1024)));
}
