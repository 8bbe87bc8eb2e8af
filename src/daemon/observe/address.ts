/** `host:port/database` of a URL: what may be shown of it. */
export function addressOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    const host = decodeURIComponent(hostname || (searchParams.get('host') ?? 'localhost'));
    return `${host}:${port || '5432'}${pathname}`;
  } catch {
    return '(unreadable address)';
  }
}
