import { noQuery } from '../contracts.ts';
import type { TargetAnswer, TargetsAnswer, TargetSummary } from '../contracts.ts';
import type { EngineInfo } from '../../engines/engine.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { readQuery } from './query.ts';
import { knownTargets, requireKnown } from './targets-known.ts';
import type { KnownTarget } from './targets-known.ts';

/** `GET /api/targets` and `GET /api/targets/:target`: which databases, and how each is being observed. */
export function addTargetsRoutes(api: Api, parts: ApiParts): void {
  api.get('/api/targets', async (context) => {
    readQuery(context, noQuery);
    const known = await knownTargets(parts);
    const answer: TargetsAnswer = { targets: known.map((target) => summarise(target, parts.now())) };
    return context.json(answer);
  });

  api.get('/api/targets/:target', async (context) => {
    readQuery(context, noQuery);
    const known = await requireKnown(parts, context.req.param('target'));
    return context.json(detail(known, parts.now()));
  });
}

function summarise({ target, watched, span }: KnownTarget, nowMs: number): TargetSummary {
  const status = watched?.observer.status() ?? null;
  return {
    target,
    watched: watched !== null,
    address: status?.address ?? null,
    connection: status?.connection ?? null,
    lastError: status?.lastError ?? null,
    source: status?.source ?? null,
    vcpus: status?.vcpus ?? null,
    load: watched?.meter.loadAt(nowMs) ?? null,
    firstMs: span?.firstMs ?? null,
    lastMs: span?.lastMs ?? null,
  };
}

function detail(known: KnownTarget, nowMs: number): TargetAnswer {
  const status = known.watched?.observer.status() ?? null;
  return {
    ...summarise(known, nowMs),
    nextAttemptAtMs: status?.nextAttemptAtMs ?? null,
    engine: status?.engine ? describeEngine(status.engine) : null,
    sourceReason: status?.sourceReason ?? null,
    intervalMs: status?.intervalMs ?? null,
    thinning: status?.thinning ?? null,
    warnings: [...(status?.warnings ?? [])],
    lastTickAtMs: status?.lastTickAtMs ?? null,
    cost: status?.cost ?? null,
  };
}

function describeEngine(engine: EngineInfo): NonNullable<TargetAnswer['engine']> {
  const { version, startedAtMs, user, database, maxConnections, isStandby, capabilities } = engine;
  return {
    version,
    startedAtMs,
    user,
    database,
    maxConnections,
    isStandby,
    capabilities: { ...capabilities },
  };
}
