import { join } from 'node:path';
import { quoteListItem, renderAssignments } from '../server-settings.ts';
import { capacitySettings, fixedSettings, settingsStep } from './capacity-settings.ts';
import type { ClusterHost, SizingBasis } from './capacity-settings.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { ClusterSpec } from './model.ts';
import { ownSharedBuffers } from './own-parameters.ts';
import { awakeMinimum } from '../../capacity/acu.ts';
import type { AcuShape } from '../../capacity/acu.ts';

/** The role that Airglow itself uses, over the socket only. */
export const ADMIN_ROLE = 'airglow_admin';
/** The user's superuser. */
export const USER_ROLE = 'postgres';
/** A setting of ours, by which a session tells which capacity its server's settings are made for. */
export const STEP_SETTING = 'airglow.settings_acu';

/** Without the host's tier (`hasTier`), or with a size of shared memory that the user chose, a database has none. */
export function sizingBasis(
  spec: ClusterSpec,
  shape: AcuShape,
  host: ClusterHost,
  hasTier: boolean,
): SizingBasis {
  return {
    shape,
    host,
    major: spec.engine.major,
    minAcu: awakeMinimum(spec.minAcu),
    maxAcu: spec.maxAcu,
    tierBytes:
      hasTier && ownSharedBuffers(spec.parameters) === null ? spec.optimizedReads.tieredCacheBytes : 0,
  };
}

/**
 * Text of postgresql.conf. Later lines win: what follows capacity stands above what the user chose, and what is ours
 * stands last.
 */
export function renderConfig(spec: ClusterSpec, folder: ClusterFolder, basis: SizingBasis): string {
  const { shared_preload_libraries: libraries = '', ...parameters } = spec.parameters;
  return [
    '# Airglow writes this file. Change parameters with: airglow cluster modify\n',
    renderAssignments({
      ...fixedSettings(basis),
      cluster_name: spec.name,
      log_line_prefix: '%m [%p] %q%u@%d ',
      track_activity_query_size: 4096,
      'pg_stat_statements.max': 5000,
    }),
    `include '${folder.capacityFile.replaceAll("'", "''")}'\n`,
    `include_if_exists '${folder.tempFile.replaceAll("'", "''")}'\n`,
    renderAssignments(parameters),
    renderAssignments({
      shared_preload_libraries: withStatStatements(libraries),
      password_encryption: 'scram-sha-256',
      log_destination: 'stderr',
      logging_collector: false,
      huge_pages: 'off',
      restart_after_crash: true,
      ssl: spec.network.tls,
      ...(spec.network.tls && { ssl_cert_file: folder.certFile, ssl_key_file: folder.keyFile }),
      ...(spec.engine.major >= 17 && { allow_alter_system: false }),
    }),
  ].join('');
}

/**
 * What says where the server listens and who gets in, on the command line: there it wins even over ALTER SYSTEM, which
 * versions below 17 cannot forbid. None of it is a secret.
 */
export function commandLine(spec: ClusterSpec, folder: ClusterFolder): string[] {
  const settings = {
    config_file: folder.configFile,
    hba_file: folder.hbaFile,
    ident_file: folder.identFile,
    listen_addresses: spec.network.listen,
    port: String(spec.port),
    unix_socket_directories: quoteListItem(folder.socketDir),
  };
  return [
    '-D',
    folder.dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** Text of capacity.conf. */
export function renderCapacity(acu: number, basis: SizingBasis): string {
  const step = settingsStep(acu);
  return `# Airglow writes this file as capacity changes.\n${renderAssignments({
    ...capacitySettings(step, basis),
    [STEP_SETTING]: String(step),
  })}`;
}

/** Text of pg_hba.conf; the first line that fits decides. */
export function renderHba({ allow, tls }: ClusterSpec['network']): string {
  const remote = tls ? 'hostssl' : 'host';
  const lines = [
    `local all ${ADMIN_ROLE} scram-sha-256`,
    `host all ${ADMIN_ROLE} all reject`,
    'local all,replication all scram-sha-256',
    'host all,replication all samehost scram-sha-256',
    ...allow.map((network) => `${remote} all,replication all ${network} scram-sha-256`),
  ];
  return `# Airglow writes this file. Let clients in with: airglow cluster modify --allow\n${lines.join('\n')}\n`;
}

/** Libraries that the user asked for come after ours, which must be there. */
function withStatStatements(libraries: string): string {
  const others = libraryNames(libraries).filter((name) => name !== 'pg_stat_statements');
  return ['pg_stat_statements', ...others].join(',');
}

/** `"a", b` -> a and b */
export function libraryNames(list: string): string[] {
  const names = list.split(',').map((name) => name.trim().replaceAll('"', ''));
  return names.filter((name) => name !== '');
}

/** Where clients on this host find it. */
export function socketFile(folder: ClusterFolder, port: number): string {
  return join(folder.socketDir, `.s.PGSQL.${port}`);
}
