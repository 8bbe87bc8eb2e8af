/** PostgreSQL settings by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface PlaceSettings {
  readonly port: number;
  readonly socketDir: string;
  readonly statStatements: boolean;
}

/**
 * Text of a postgresql.conf. What says where the server listens comes last, so that no setting opens it to the
 * network.
 */
export function renderSettings(place: PlaceSettings, settings: Settings): string {
  const library = String(settings['shared_preload_libraries'] ?? '');
  const libraries = [
    ...(place.statStatements ? ['pg_stat_statements'] : []),
    ...(library === '' ? [] : [library]),
  ];
  const all: Settings = {
    ...settings,
    shared_preload_libraries: libraries.join(','),
    listen_addresses: '127.0.0.1',
    port: place.port,
    unix_socket_directories: quoteListItem(place.socketDir),
  };
  return renderAssignments(all);
}

/** A line for each, as in postgresql.conf. */
export function renderAssignments(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${quote(value)}\n`)
    .join('');
}

function quote(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** The setting is a list of folders, so one with a comma or a blank in its name needs quotes of its own. */
export function quoteListItem(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
