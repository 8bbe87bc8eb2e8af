import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AirglowError } from '../../errors.ts';
import { describeError, TransportError } from '../contracts.ts';
import { DEFAULT_LIMITS } from './api-parts.ts';
import { addAnalysisRoute } from './analysis/analysis-route.ts';
import type { Api, ApiEnv, ApiParts } from './api-parts.ts';
import { addCapacityRoute } from './capacity/capacity-route.ts';
import { addClustersRoutes } from './capacity/clusters-routes.ts';
import { addCountersRoute } from './load/counters-route.ts';
import { addDecisionsRoute } from './capacity/decisions-route.ts';
import { addEventsRoute } from './events-route.ts';
import { createGuard } from './access/guard.ts';
import { createHostGuard } from './access/host-guard.ts';
import { addHostTierRoutes } from './capacity/host-tier-routes.ts';
import { addHealthRoute } from './health-route.ts';
import { addIndexRoute } from './index-route.ts';
import { LiveClients } from './live/live-clients.ts';
import { addLiveRoute } from './live/live-route.ts';
import { addLoadRoute } from './load/load-route.ts';
import { addMetricsRoute } from './metrics/metrics-route.ts';
import { QueryGate } from './query-gate.ts';
import { addSessionRoute } from './access/session-route.ts';
import { addSessionsRoute } from './load/sessions-route.ts';
import { SignIn } from './access/sign-in-route.ts';
import { addStatementsRoute } from './load/statements-route.ts';
import { addTargetsRoutes } from './targets-routes.ts';
import { addTopRoute } from './load/top-route.ts';
import { addFirstPage, addWebRoutes, nothingHere } from './web/web-routes.ts';

/** The whole API; it opens nothing itself, so a test asks it with `api.request('/api/health')`. */
export function createApi(parts: ApiParts): Api {
  const limits = { ...DEFAULT_LIMITS, ...parts.limits };
  const gate = new QueryGate(limits);
  const clients = new LiveClients(limits.liveClients);
  const signIn = new SignIn(parts.access, limits.signInDelayMs);
  const api: Api = new Hono<ApiEnv>();
  api.use(async (context, next) => {
    context.header('x-content-type-options', 'nosniff');
    context.header('cache-control', 'no-store');
    context.header('cross-origin-resource-policy', 'same-origin');
    await next();
  });
  api.use(createHostGuard(parts.access));
  api.use(signIn.byAddress);
  api.use(createGuard({ access: parts.access, canChange: parts.fleet !== undefined }));
  signIn.addRoutes(api);
  addFirstPage(api, parts);
  addIndexRoute(api, parts);
  addSessionRoute(api, parts);
  addHealthRoute(api, parts, clients);
  addTargetsRoutes(api, parts);
  addLoadRoute(api, parts, gate);
  addTopRoute(api, parts, gate);
  addSessionsRoute(api, parts);
  addStatementsRoute(api, parts, gate);
  addCountersRoute(api, parts, gate);
  addEventsRoute(api, parts, gate);
  addAnalysisRoute(api, parts, gate);
  if (parts.fleet) {
    addClustersRoutes(api, parts.fleet);
    addHostTierRoutes(api, parts.fleet);
    addDecisionsRoute(api, parts, parts.fleet, gate);
    addCapacityRoute(api, parts, parts.fleet, gate);
  }
  addLiveRoute(api, parts, limits, clients);
  addMetricsRoute(api, parts, clients);
  addWebRoutes(api, parts);
  api.notFound(() => {
    throw nothingHere();
  });
  api.onError((error, context) => {
    const { status, body } = describeError(error);
    if (!(error instanceof AirglowError) && !(error instanceof TransportError)) {
      parts.log(`answering ${context.req.path} failed: ${error.stack ?? error.message}`);
    }
    const page = status === 401 ? signIn.pageInstead(context) : null;
    return page ?? context.json(body, status as ContentfulStatusCode);
  });
  return api;
}
