export type DashboardPage = 'load' | 'capacity' | 'now' | 'compare' | 'analysis' | 'events';

/** A place in the dashboard; without a database the page of all of them. */
export interface DashboardPlace {
  readonly database?: string;
  readonly page?: DashboardPage;
  /** Milliseconds since 1970. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** `http://127.0.0.1:8642/db/shop/load?from=...`. With a token it signs the browser in that opens it. */
export function dashboardAddress(
  url: string,
  place: DashboardPlace = {},
  token: string | null = null,
): string {
  const { database, page, fromMs, toMs } = place;
  const path = database === undefined ? [] : ['db', encodeURIComponent(database), ...(page ? [page] : [])];
  const query = new URLSearchParams();
  if (fromMs !== undefined) query.set('from', String(Math.round(fromMs)));
  if (toMs !== undefined) query.set('to', String(Math.round(toMs)));
  if (token !== null) query.set('token', token);
  return `${url.replace(/\/+$/, '')}/${path.join('/')}${query.size === 0 ? '' : `?${query.toString()}`}`;
}

export interface DaemonAddress {
  readonly url: string;
  readonly token: string;
}

/**
 * What a daemon prints at its start. What is no terminal becomes a log, which others may read, so there the token is
 * left out. `option` names the folder, as in ` --data x`.
 */
export function dashboardLines(
  { url, token }: DaemonAddress,
  { isTerminal, option }: { readonly isTerminal: boolean; readonly option: string },
): readonly string[] {
  if (isTerminal) return [`  dashboard: ${dashboardAddress(url, {}, token)}`];
  return [
    `  dashboard: ${dashboardAddress(url)} (airglow dashboard${option} prints the address with the token)`,
  ];
}
