import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { RefusedError } from '../api/ask.ts';
import { Empty, Loading } from '../ui/notes.tsx';
import { Boundary } from './boundary.tsx';
import { DatabaseProvider } from './database.tsx';
import { DatabaseFrame, Frame } from './frame.tsx';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      // What was refused stays refused; what did not answer may be restarting.
      retry: (count, error) => !(error instanceof RefusedError) && count < 2,
      retryDelay: 1000,
      networkMode: 'always',
      refetchOnWindowFocus: true,
    },
  },
});

type Page = LazyExoticComponent<ComponentType>;

const FleetPage = lazy(async () => ({ default: (await import('../pages/fleet/fleet-page.tsx')).FleetPage }));

/** Pages of a database, by the last part of their address. */
const DATABASE_PAGES: Readonly<Record<string, Page>> = {
  load: lazy(async () => ({ default: (await import('../pages/load/load-page.tsx')).LoadPage })),
  capacity: lazy(async () => ({
    default: (await import('../pages/capacity/capacity-page.tsx')).CapacityPage,
  })),
  now: lazy(async () => ({ default: (await import('../pages/now/now-page.tsx')).NowPage })),
  compare: lazy(async () => ({ default: (await import('../pages/compare/compare-page.tsx')).ComparePage })),
  analysis: lazy(async () => ({
    default: (await import('../pages/analysis/analysis-page.tsx')).AnalysisPage,
  })),
  events: lazy(async () => ({ default: (await import('../pages/events/events-page.tsx')).EventsPage })),
};
const SqlPage = lazy(async () => ({ default: (await import('../pages/sql/sql-page.tsx')).SqlPage }));

export function App() {
  return (
    <QueryClientProvider client={client}>
      <Switch>
        <Route path="/">
          <Frame>
            <Shown>
              <FleetPage />
            </Shown>
          </Frame>
        </Route>
        <Route path="/db/:name">
          {({ name }) => <Redirect to={`/db/${encodeURIComponent(name)}/load`} replace />}
        </Route>
        <Route path="/db/:name/sql/:id">
          {({ name, id }) => (
            <OfDatabase name={name} page="load">
              <SqlPage key={id} />
            </OfDatabase>
          )}
        </Route>
        <Route path="/db/:name/:page">
          {({ name, page }) => {
            const Page = DATABASE_PAGES[page];
            return (
              <OfDatabase name={name} page={page}>
                {Page === undefined ? <Empty title="There is no such page" /> : <Page />}
              </OfDatabase>
            );
          }}
        </Route>
        <Route>
          <Frame>
            <Empty title="There is no such page" />
          </Frame>
        </Route>
      </Switch>
    </QueryClientProvider>
  );
}

function OfDatabase({
  name,
  page,
  children,
}: {
  readonly name: string;
  readonly page: string;
  readonly children: React.ReactNode;
}) {
  return (
    <DatabaseFrame name={name} page={page}>
      <DatabaseProvider key={name} name={name}>
        <Shown>{children}</Shown>
      </DatabaseProvider>
    </DatabaseFrame>
  );
}

/** A page that fails leaves the rest of the screen usable. */
function Shown({ children }: { readonly children: React.ReactNode }) {
  return (
    <Boundary>
      <Suspense fallback={<Loading what="the page" />}>{children}</Suspense>
    </Boundary>
  );
}
