import { capacityTimeline } from '../../../capacity/timeline/timeline.ts';
import type { Fleet } from '../../../daemon/fleet.ts';
import { capacityQuery } from '../../contracts.ts';
import type { CapacityAnswer } from '../../contracts.ts';
import { choosePeriod } from '../../window.ts';
import type { Api, ApiParts } from '../api-parts.ts';
import { readCapacityRecord } from './capacity-record.ts';
import { readQuery, readWindow } from '../query.ts';
import type { QueryGate } from '../query-gate.ts';

/** Of changes and of holds: more than these nobody reads. */
const MOST_ROWS = 500;

/** `GET /api/clusters/:name/capacity`: capacity over time, what asked for it, what changed and what held it. */
export function addCapacityRoute(api: Api, parts: ApiParts, fleet: Fleet, gate: QueryGate): void {
  api.get('/api/clusters/:name/capacity', async (context) => {
    const asked = readQuery(context, capacityQuery);
    const nowMs = parts.now();
    const window = readWindow(asked, nowMs);
    const periodSeconds = choosePeriod(window, asked.period);
    const { name, pause, capacity, cost } = fleet.describe(context.req.param('name'));
    const record = await gate.run(() =>
      readCapacityRecord(parts.history, {
        name,
        window,
        periodSeconds,
        nowMs,
        asleepSinceMs: pause.pausedAtMs,
      }),
    );
    const timeline = capacityTimeline({ ...record, now: { minAcu: capacity.min, maxAcu: capacity.max } });
    const { acu, minAcu, maxAcu, demand, changes, holds, used } = timeline;
    const answer: CapacityAnswer = {
      meta: { name, ...window, periodSeconds, explainedFromMs: record.explainedFromMs },
      atMs: [...record.startsMs],
      acu: [...acu],
      minAcu: [...minAcu],
      maxAcu: [...maxAcu],
      demand: {
        cpu: [...demand.cpu],
        memory: [...demand.memory],
        network: [...demand.network],
        connections: [...demand.connections],
      },
      pauses: record.pauses.map((span) => ({ ...span })),
      changes: changes.slice(0, MOST_ROWS).map((change) => ({ ...change })),
      leftOutChanges: Math.max(0, changes.length - MOST_ROWS),
      holds: holds.slice(0, MOST_ROWS).map((hold) => ({ ...hold })),
      used: { ...used, currency: cost.currency, pricePerAcuHour: cost.pricePerAcuHour },
    };
    return context.json(answer);
  });
}
