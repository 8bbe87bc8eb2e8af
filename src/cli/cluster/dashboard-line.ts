import { readEndpoint } from '../../daemon/endpoint-file.ts';
import { stateDirOf } from '../arguments/state-dir.ts';
import type { Context } from '../command.ts';
import { dashboardAddress, type DashboardPlace } from '../dashboard-address.ts';
import type { CommonOptions } from './answer.ts';

/** Where the dashboard shows the same, without the token; nothing where that is not known. */
export async function dashboardLine(
  place: DashboardPlace,
  { state, json }: CommonOptions,
  { env }: Context,
): Promise<readonly string[]> {
  if (json === true) return [];
  const endpoint = await readEndpoint(stateDirOf(state, env));
  return endpoint === null ? [] : ['', `dashboard: ${dashboardAddress(endpoint.url, place)}`];
}
