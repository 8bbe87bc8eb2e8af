import { AirglowError } from '../../errors.ts';

/** Settings that Airglow gives itself, each with the reason, as it reads after "cannot be chosen: ". */
const OWNED: Readonly<Record<string, string>> = {
  port: 'it is chosen when the database is made',
  listen_addresses: 'use --listen',
  unix_socket_directories: 'Airglow reaches the server over its socket',
  unix_socket_group: 'Airglow reaches the server over its socket',
  unix_socket_permissions: 'Airglow reaches the server over its socket',
  bonjour: 'the server is not announced to the network',
  data_directory: 'it is where the database was made',
  config_file: 'Airglow writes it',
  hba_file: 'Airglow writes it; use --allow to let clients in',
  ident_file: 'Airglow writes it',
  external_pid_file: 'Airglow keeps account of the process itself',
  include: 'one file says what is set',
  include_dir: 'one file says what is set',
  include_if_exists: 'one file says what is set',
  log_destination: "the server's log is kept by Airglow",
  logging_collector: "the server's log is kept by Airglow",
  password_encryption: 'every way in asks for SCRAM',
  ssl: 'use --tls-cert-file and --tls-key-file',
  ssl_cert_file: 'use --tls-cert-file',
  ssl_key_file: 'use --tls-key-file',
  huge_pages: 'huge pages are outside of the memory limit and cannot be given back',
  huge_page_size: 'huge pages are outside of the memory limit and cannot be given back',
  shared_memory_type: 'shared memory has to be counted as memory of the database',
  restart_after_crash: 'the server has to come back after a crash',
  allow_alter_system: 'Airglow keeps the settings of a database',
  exit_on_error: 'it would end every session at its first error',
};

const NAME = /^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)*$/;

/** Names in lower case, as PostgreSQL takes them. Raises SETTING_REFUSED. */
export function checkParameters(parameters: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [checkName(name), checkValue(name, value)]),
  );
}

/** Raises SETTING_REFUSED for one that is Airglow's, or that is no name. */
export function checkName(given: string): string {
  const name = given.toLowerCase();
  if (!NAME.test(name)) throw refused(given, 'that is not the name of a setting');
  const reason = name.startsWith('airglow.') ? 'names with airglow. are used by Airglow' : OWNED[name];
  if (reason !== undefined) throw refused(name, reason);
  return name;
}

function checkValue(name: string, value: string): string {
  // A line break would begin a setting of its own.
  if (['\n', '\r', '\0'].some((one) => value.includes(one)))
    throw refused(name, 'its value has a line break in it');
  return value;
}

export function refused(name: string, reason: string): AirglowError {
  return new AirglowError('SETTING_REFUSED', `The parameter ${name} cannot be chosen: ${reason}.`);
}
