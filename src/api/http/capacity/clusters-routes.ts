import type { Context } from 'hono';
import type { ClusterDescription, Fleet } from '../../../daemon/fleet.ts';
import { firstLine } from '../../first-line.ts';
import { logsQuery, noQuery, parseCreate, parseModify, requireRange, urlQuery } from '../../contracts.ts';
import type { ClusterAnswer, DeletedAnswer, LogsAnswer, UrlAnswer } from '../../contracts.ts';
import type { Api, ApiEnv } from '../api-parts.ts';
import { readJson, requireNoBody } from '../body.ts';
import { requireTrust } from '../access/guard.ts';
import { readQuery } from '../query.ts';

const DEFAULT_LOG_LINES = 100;

/** `/api/clusters`: the databases that this process runs, and everything that can be done to them. */
export function addClustersRoutes(api: Api, fleet: Fleet): void {
  addReading(api, fleet);
  addSecrets(api, fleet);
  addChanging(api, fleet);
}

function addReading(api: Api, fleet: Fleet): void {
  api.get('/api/clusters', (context) => {
    readQuery(context, noQuery);
    const clusters = fleet.list().map((cluster) => answerOf(context, cluster));
    return context.json({ host: fleet.host, clusters });
  });

  api.get('/api/clusters/:name', (context) => {
    readQuery(context, noQuery);
    return context.json(answerOf(context, fleet.describe(context.req.param('name'))));
  });

  api.get('/api/clusters/:name/explain', (context) => {
    readQuery(context, noQuery);
    return context.json(fleet.explain(context.req.param('name')));
  });
}

function addSecrets(api: Api, fleet: Fleet): void {
  api.get('/api/clusters/:name/url', (context) => {
    requireTrust(context);
    const { database } = readQuery(context, urlQuery);
    const name = context.req.param('name');
    const answer: UrlAnswer = { name, url: fleet.url(name, database) };
    return context.json(answer);
  });

  api.get('/api/clusters/:name/logs', async (context) => {
    requireTrust(context);
    const { lines = DEFAULT_LOG_LINES } = readQuery(context, logsQuery);
    const name = context.req.param('name');
    const answer: LogsAnswer = { name, lines: [...(await fleet.logs(name, lines))] };
    return context.json(answer);
  });
}

/** The guard lets only those through who may change something. */
function addChanging(api: Api, fleet: Fleet): void {
  api.post('/api/clusters', async (context) => {
    readQuery(context, noQuery);
    const created = await fleet.create(parseCreate(await readJson(context)));
    context.header('location', `/api/clusters/${created.name}`);
    return context.json(answerOf(context, created), 201);
  });

  api.patch('/api/clusters/:name', async (context) => {
    readQuery(context, noQuery);
    const name = context.req.param('name');
    const request = parseModify(await readJson(context));
    const { min, requestedMax } = fleet.describe(name).capacity;
    requireRange(request.minCapacity ?? min, request.maxCapacity ?? requestedMax);
    return context.json(answerOf(context, await fleet.modify(name, request)));
  });

  for (const action of ['start', 'stop'] as const) {
    api.post(`/api/clusters/:name/${action}`, async (context) => {
      readQuery(context, noQuery);
      await requireNoBody(context);
      return context.json(answerOf(context, await fleet[action](context.req.param('name'))));
    });
  }

  api.delete('/api/clusters/:name', async (context) => {
    readQuery(context, noQuery);
    await requireNoBody(context);
    const name = context.req.param('name');
    await fleet.delete(name);
    const answer: DeletedAnswer = { name, deleted: true };
    return context.json(answer);
  });
}

/** Settings, and the end of a log, may hold words that are not for everybody. */
function answerOf(context: Context<ApiEnv>, cluster: ClusterDescription): ClusterAnswer {
  if (context.get('isTrusted')) return cluster;
  const { statusReason } = cluster;
  return {
    ...cluster,
    statusReason: statusReason === null ? null : firstLine(statusReason),
    parameters: null,
  };
}
