import { ACU_STEP, MOST_ACU, isOnGrid } from '../../capacity/acu.ts';
import type { AcuShape } from '../../capacity/acu.ts';
import { AirglowError } from '../../errors.ts';
import type { LimitsHost, NoLimits } from '../../kernel/limits/resource-group.ts';
import type { ClusterHost } from './capacity-settings.ts';
import type { IgnoreRule } from './model.ts';

/** What every database of a daemon is run with. */
export interface OpenClusterOptions {
  readonly shape: AcuShape;
  /** Of `openLimits`. */
  readonly limits: LimitsHost | NoLimits;
  readonly host: ClusterHost;
  /** Lines for people; without secrets. */
  readonly log: (line: string) => void;
  /** The second tier of this host; nobody has one unless told otherwise. */
  readonly tier?: TierSupply;
  /** Airglow's own folder, in which no local storage may be; the folder of databases unless told otherwise. */
  readonly stateDir?: string;
  /** After this time in one mode of stopping the next harsher one is used; 60 s unless told otherwise. */
  readonly stopPatienceMs?: number;
  /** How long a starting server may be silent; 60 s unless told otherwise. */
  readonly startTimeoutMs?: number;
}

/** The second tier of a host, as its databases see it. */
export interface TierSupply {
  /** 0 while there is none. Changes as it is switched on and off. */
  readonly sizeBytes: number;
}

export interface CreateClusterOptions extends OpenClusterOptions {
  /** The database gets a folder of its name in here. */
  readonly clustersDir: string;
  readonly name: string;
  /** An installed one of this major version, else the bundled one; the newest installed one unless told otherwise. */
  readonly engineMajor?: number;
  /** A PostgreSQL of one's own: holds bin/, lib/ and share/. */
  readonly installDir?: string;
  /** A free one unless told otherwise. */
  readonly port?: number;
  /** Loopback only unless told otherwise. */
  readonly network?: { readonly listen?: string; readonly allow?: readonly string[] };
  /** Both or none. They are copied. */
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  /** 0 lets it be paused. */
  readonly minAcu: number;
  readonly maxAcu: number;
  /** 1 to 86400; `DEFAULT_SECONDS_UNTIL_AUTO_PAUSE` unless told otherwise. */
  readonly secondsUntilAutoPause?: number;
  readonly ignoreActivity?: readonly IgnoreRule[];
  readonly parameters?: Readonly<Record<string, string>>;
  /** A folder on local storage that temporary objects go to. */
  readonly localStorage?: string;
  readonly tempSpaceBytes?: number;
  /** Needs the host's tier. */
  readonly tieredCacheBytes?: number;
  /** A system user of its own needs root; `shared` unless told otherwise. */
  readonly osUsers?: 'own' | 'shared';
  /** It ends with this process, even by kill -9, and leaves nothing behind. */
  readonly temporary?: boolean;
}

/** As in Aurora. */
export const DEFAULT_SECONDS_UNTIL_AUTO_PAUSE = 300;
const MOST_SECONDS_UNTIL_AUTO_PAUSE = 86_400;

/** As RDS names its instances. Raises INVALID_ARGUMENT. */
export function checkClusterName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 63) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `"${name}" cannot name a database. Use up to 63 small letters, digits and single hyphens, a letter first.`,
  );
}

/** A minimum of 0 lets it be paused; awake it never has less than one step. Raises INVALID_ARGUMENT. */
export function checkCapacityRange(minAcu: number, maxAcu: number): void {
  for (const [what, acu, least] of [
    ['minimum', minAcu, 0],
    ['maximum', maxAcu, ACU_STEP],
  ] as const) {
    if (isOnGrid(acu) && acu >= least && acu <= MOST_ACU) continue;
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `The ${what} capacity of ${acu} ACU cannot be had. Choose one from ${least} to ${MOST_ACU} in steps of ${ACU_STEP}.`,
    );
  }
  if (minAcu <= maxAcu) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `The minimum capacity of ${minAcu} ACU is above the maximum of ${maxAcu} ACU. Raise the maximum or lower the minimum.`,
  );
}

/** Raises INVALID_ARGUMENT. */
export function checkSecondsUntilAutoPause(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS_UNTIL_AUTO_PAUSE) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `A database cannot be paused after ${seconds} seconds. Choose a whole number from 1 to ${MOST_SECONDS_UNTIL_AUTO_PAUSE}.`,
  );
}

/** A limit of nothing would be forgotten. Raises INVALID_ARGUMENT. */
export function checkTempSpace(tempSpaceBytes: number | null, localStorage: string | null): void {
  if (tempSpaceBytes === null || localStorage !== null) return;
  throw new AirglowError(
    'INVALID_ARGUMENT',
    'The temporary space is that of local storage, and there is none. Name its folder, too: --local-storage FOLDER (localStorage), ' +
      'or leave --temp-space (tempSpaceBytes) out.',
  );
}

/** The server does not run as root. Raises INVALID_ARGUMENT. */
export function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 1024 && port <= 65_535) return;
  throw new AirglowError('INVALID_ARGUMENT', `Port ${port} cannot be used. Choose one from 1024 to 65535.`);
}
