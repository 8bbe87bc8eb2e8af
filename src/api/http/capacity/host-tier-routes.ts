import type { Fleet } from '../../../daemon/fleet.ts';
import { noQuery, parseEnableTier } from '../../contracts.ts';
import type { Api } from '../api-parts.ts';
import { readJson, requireNoBody } from '../body.ts';
import { readQuery } from '../query.ts';

/** `/api/host/tiered-cache`: the second tier of the host. The guard lets only those change it who may change something. */
export function addHostTierRoutes(api: Api, { tier }: Fleet): void {
  const path = '/api/host/tiered-cache';

  api.get(path, async (context) => {
    readQuery(context, noQuery);
    return context.json(await tier.status());
  });

  api.put(path, async (context) => {
    readQuery(context, noQuery);
    return context.json(await tier.enable(parseEnableTier(await readJson(context))));
  });

  api.delete(path, async (context) => {
    readQuery(context, noQuery);
    await requireNoBody(context);
    return context.json(await tier.disable());
  });
}
