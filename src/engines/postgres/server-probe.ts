import { AirglowError } from '../../errors.ts';
import { STATEMENTS_SCHEMA, VERSION, describeServer, tryStatements } from './sql/probe.ts';
import type { ActivityTraits } from './sql/sample.ts';
import type { Link } from './link.ts';
import type { EngineInfo } from '../engine.ts';

const OLDEST_MAJOR = 13;
const NEWEST_MAJOR = 18;

export interface ServerProbe {
  readonly info: EngineInfo;
  readonly traits: ActivityTraits;
  /** Where pg_stat_statements is, quoted for SQL; null where it cannot be used. */
  readonly statementsSchema: string | null;
}

/** Asks once what there is. Raises UNSUPPORTED_VERSION. */
export async function probeServer(link: Link): Promise<ServerProbe> {
  const [[version, versionNumber] = []] = (await link.run(VERSION)) as [string, number][];
  if (version === undefined || versionNumber === undefined || versionNumber < OLDEST_MAJOR * 10_000)
    throw unsupported(link.address.label, version ?? 'unknown');
  const [[facts, role] = []] = (await link.run(describeServer(versionNumber))) as [ServerFacts, RoleFacts][];
  if (!facts || !role) throw unsupported(link.address.label, version);
  const statements = await findStatements(link);
  const server = { version: version.split(' ')[0] ?? version, versionNumber };
  const activeTime = versionNumber >= 140_000;
  const { trackActivityQuerySize } = facts;
  return {
    info: {
      ...server,
      ...facts,
      clientPort: link.clientPort,
      capabilities: {
        queryIds: role.queryIds,
        activeTime,
        statementStatistics: statements.schema !== null,
        ioStatistics: versionNumber >= 160_000,
      },
      warnings: [...warningsOf(versionNumber, role, facts.user), ...statements.warnings],
    },
    traits: { versionNumber, trackActivityQuerySize, ownRole: role.oid, activeTime },
    statementsSchema: statements.schema,
  };
}

type ServerFacts = Omit<EngineInfo, 'version' | 'versionNumber' | 'clientPort' | 'capabilities' | 'warnings'>;

interface RoleFacts {
  readonly oid: number;
  readonly quotedName: string;
  readonly queryIds: boolean;
  readonly tracksActivities: boolean;
  readonly seesAll: boolean;
}

function warningsOf(versionNumber: number, role: RoleFacts, user: string): string[] {
  const major = Math.floor(versionNumber / 10_000);
  const warnings: string[] = [];
  if (!role.seesAll)
    warnings.push(
      `Role ${user} may look into its own sessions only, so the load of others is not seen: GRANT pg_monitor TO ${role.quotedName};`,
    );
  if (!role.tracksActivities)
    warnings.push(
      'track_activities is off, so sessions show no state: set it to on and reload the configuration.',
    );
  if (major > NEWEST_MAJOR)
    warnings.push(
      `PostgreSQL ${major} is newer than this Airglow knows (${NEWEST_MAJOR}): look for a newer Airglow.`,
    );
  return warnings;
}

interface StatementsFound {
  readonly schema: string | null;
  readonly warnings: readonly string[];
}

async function findStatements(link: Link): Promise<StatementsFound> {
  const schema = (await link.run(STATEMENTS_SCHEMA))[0]?.[0];
  if (typeof schema !== 'string') return { schema: null, warnings: [] };
  try {
    await link.run(tryStatements(schema));
    return { schema, warnings: [] };
  } catch (error) {
    if (!(error instanceof AirglowError) || error.code === 'CONNECTION_LOST' || error.code === 'NO_ANSWER')
      throw error;
    const remedy =
      'see that it is in shared_preload_libraries and run ALTER EXTENSION pg_stat_statements UPDATE;';
    return { schema: null, warnings: [`pg_stat_statements is installed but cannot be read: ${remedy}`] };
  }
}

function unsupported(label: string, version: string): AirglowError {
  return new AirglowError(
    'UNSUPPORTED_VERSION',
    `${label} is PostgreSQL ${version}; supported are ${OLDEST_MAJOR} to ${NEWEST_MAJOR}, and newer ones as far as they go.`,
  );
}
