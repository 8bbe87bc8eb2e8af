import { readChildren, readCommandLine } from '../../kernel/process-reader.ts';
import { ADMIN_ROLE } from './server-config.ts';

/** A client as its backend's process title names it. */
export interface TitledClient {
  readonly pid: number;
  readonly user: string;
  readonly database: string;
  readonly host: string;
}

/** Clients of a server but for those known, as soon as they have said who they are; nothing is asked of the server. */
export function titledClients(postmasterPid: number, known: ReadonlySet<number>): TitledClient[] {
  const children = (readChildren(postmasterPid) ?? '').split(' ').filter(Boolean).map(Number);
  return children.flatMap((pid) => {
    if (known.has(pid)) return [];
    const client = clientOfTitle(readCommandLine(pid) ?? '');
    return client === null || client.user === ADMIN_ROLE ? [] : [{ pid, ...client }];
  });
}

/** `postgres: name: app shop 10.0.0.7(49152) idle`; null for other processes, and before the client has said who it is. */
export function clientOfTitle(title: string): Omit<TitledClient, 'pid'> | null {
  const [, user, database, host] =
    /^postgres: (?:.*: )?(\S+) (\S+) (\[local\]|\S+)(?:\(\d+\))?(?: |$)/.exec(title) ?? [];
  if (user === undefined || database === undefined || host === undefined) return null;
  // `walsender app 10.0.0.7(49152) streaming`: it names no database.
  if (user === 'walsender')
    return { user: database, database: 'replication', host: host.replace(/\(\d+\)$/, '') };
  const isAddress = host === '[local]' || /^[0-9a-f.:]+\(\d+\)$/i.test(host);
  return isAddress ? { user, database, host: host.replace(/\(\d+\)$/, '') } : null;
}
