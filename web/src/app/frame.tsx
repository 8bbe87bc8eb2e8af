import { useEffect, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useClusters, useSession, useTargets } from '../api/queries.ts';
import { useView } from '../view/use-view.ts';
import { zoneName } from '../format/times.ts';
import { useNow } from '../ui/use-now.ts';
import { signInAddress } from '../ui/notes.tsx';
import { chooseTheme, useTheme } from './theme.ts';

const PAGES: readonly { readonly page: string; readonly name: string; readonly needsCluster?: true }[] = [
  { page: 'load', name: 'Load' },
  { page: 'capacity', name: 'Capacity', needsCluster: true },
  { page: 'now', name: 'Now' },
  { page: 'analysis', name: 'Analysis' },
  { page: 'compare', name: 'Compare' },
  { page: 'events', name: 'Events' },
];

/** The screen around every page. */
export function Frame({ children, tools }: { readonly children: ReactNode; readonly tools?: ReactNode }) {
  return (
    <>
      <a className="skip" href="#main">
        Skip to the figures
      </a>
      <header className="top">
        <Link href="/" className="brand">
          airglow
        </Link>
        {tools}
        <span className="spacer" />
        <Status />
      </header>
      <main id="main">{children}</main>
    </>
  );
}

/** The screen around the pages of a database. */
export function DatabaseFrame({
  name,
  page,
  children,
}: {
  readonly name: string;
  readonly page: string;
  readonly children: ReactNode;
}) {
  const { linkTo } = useView();
  const { data: clusters } = useClusters(useSession().data?.hasClusters ?? false);
  const hasCapacity = clusters?.clusters.some((cluster) => cluster.name === name) ?? false;
  useEffect(() => {
    const known = PAGES.find((one) => one.page === page)?.name ?? '';
    document.title = `${name} ${known.toLowerCase()} – Airglow`;
    return () => {
      document.title = 'Airglow';
    };
  }, [name, page]);
  return (
    <Frame
      tools={
        <>
          <DatabaseChoice name={name} page={page} />
          <nav aria-label="Pages of this database">
            {PAGES.filter(({ needsCluster }) => needsCluster !== true || hasCapacity).map((one) => (
              <Link
                key={one.page}
                href={linkTo(`/db/${encodeURIComponent(name)}/${one.page}`)}
                aria-current={one.page === page ? 'page' : undefined}
              >
                {one.name}
              </Link>
            ))}
          </nav>
        </>
      }
    >
      {children}
    </Frame>
  );
}

/** Another database, the same page and the same time. */
function DatabaseChoice({ name, page }: { readonly name: string; readonly page: string }) {
  const { data } = useTargets();
  const { linkTo } = useView();
  const [, navigate] = useLocation();
  const names = data?.targets.map(({ target }) => target) ?? [];
  if (!names.includes(name)) names.push(name);
  return (
    <select
      aria-label="Database"
      value={name}
      onChange={({ target }) =>
        navigate(linkTo(`/db/${encodeURIComponent(target.value)}/${page}`, { filters: [] }))
      }
    >
      {names.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

function Status() {
  const { data: session, error } = useSession();
  const { theme } = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <div className="status">
      {error !== null && (
        <span className="lost" role="status">
          no answer, trying again
        </span>
      )}
      <span className="zone" title="Times are shown in the zone of this browser">
        {zoneName(useNow(3_600_000))}
      </span>
      <button type="button" className="plain" onClick={() => chooseTheme(other)}>
        {other === 'dark' ? 'Dark' : 'Light'}
        <span className="unseen"> colours</span>
      </button>
      {session?.signIn === 'possible' && (session.isTrusted ? <SignOut /> : <SignIn />)}
    </div>
  );
}

function SignIn() {
  return (
    <a className="button" href={signInAddress()}>
      Sign in
    </a>
  );
}

function SignOut() {
  return (
    <form method="post" action="/sign-out">
      <button type="submit" className="plain">
        Sign out
      </button>
    </form>
  );
}
