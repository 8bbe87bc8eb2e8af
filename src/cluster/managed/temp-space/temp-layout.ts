import { join } from 'node:path';

/** The one tablespace that temporary objects go to, in every database that has local storage. */
export const TABLESPACE = 'airglow_temp';
/** A setting of ours, by which a session tells which place it was told. */
export const PLACE_SETTING = 'airglow.temp_place';

/**
 * What there is beside the data. The tablespace's location is `place`, a link of ours: so it leads to a folder that is
 * there, whatever becomes of local storage. A server whose WAL speaks of a tablespace with a location that is not there
 * does not start.
 */
export interface HomeFolders {
  /** Ours. */
  readonly path: string;
  readonly place: string;
  /** The server's: where `place` leads while local storage is lost. */
  readonly substitute: string;
  readonly recordFile: string;
}

export function homeFolders(clusterPath: string): HomeFolders {
  const path = join(clusterPath, 'temp-space');
  return {
    path,
    place: join(path, 'place'),
    substitute: join(path, 'substitute'),
    recordFile: join(path, 'record.json'),
  };
}

/** What there is on local storage. */
export interface LocalFolders {
  /** Ours: nobody else can put something else in the place of what is inside. */
  readonly path: string;
  /** The server's. */
  readonly temp: string;
  /** Written now and then, to see whether the disk still takes it. */
  readonly probe: string;
}

export function localFolders(root: string, id: string): LocalFolders {
  const path = join(root, `airglow-${id}`);
  return { path, temp: join(path, 'temp'), probe: join(path, 'probe') };
}
