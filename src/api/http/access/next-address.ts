const MOST_LENGTH = 4096;
/** Stands for our own origin, whichever that is. */
const ORIGIN = 'http://airglow.invalid';
// oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
const NEVER_IN_PATHS = /[\u0000-\u0020\u007f\\]/;

/** Where to go after signing in: a path of our own with its query, as given where it is one; else the first page. */
export function nextAddress(given: string | undefined): string {
  if (given === undefined || given.length > MOST_LENGTH || NEVER_IN_PATHS.test(given)) return '/';
  if (!given.startsWith('/') || !URL.canParse(given, ORIGIN)) return '/';
  const { origin, pathname, search, hash } = new URL(given, ORIGIN);
  // A path that begins with two slashes would be read as the name of another host.
  if (origin !== ORIGIN || pathname.startsWith('//')) return '/';
  if (pathname === '/sign-in' || pathname === '/sign-out') return '/';
  return `${pathname}${search}${hash}`;
}

/** Path and query of an address without its parameter `token`; the rest of the query stays as it was written. */
export function withoutToken(url: string): string {
  const { pathname, search } = new URL(url);
  const kept = search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !new URLSearchParams(part).has('token'));
  return `${pathname}${kept.length === 0 ? '' : `?${kept.join('&')}`}`;
}
