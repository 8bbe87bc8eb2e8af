import { noQuery } from '../contracts.ts';
import type { Api, ApiParts } from './api-parts.ts';
import { readQuery } from './query.ts';

const ENDPOINTS = {
  '/api/health': 'whether everything is observed and recorded',
  '/api/session': 'whether whoever asks may read SQL text and change things',
  '/api/targets': 'the databases, and their load of the last minute',
  '/api/targets/TARGET': 'how one database is being observed',
  '/api/targets/TARGET/load': 'load over time (from, to, period, group_by, filter, activity, limit)',
  '/api/targets/TARGET/top': 'what loads it most (from, to, group_by, partition_by, filter, activity, limit)',
  '/api/targets/TARGET/sessions': 'its sessions now',
  '/api/targets/TARGET/statements':
    'the statements that load it most, and how often they ran (from, to, filter, limit)',
  '/api/targets/TARGET/counters': 'counters over time (metric, key, from, to, period, limit)',
  '/api/targets/TARGET/events': 'what happened (from, to, severity, search, limit)',
  '/api/targets/TARGET/analysis':
    'findings about a window: what loaded it, who blocked whom, what to do (from, to)',
  '/api/live': 'ticks and events as they happen, as server-sent events (target, group_by)',
  '/metrics': 'figures for Prometheus',
};

const CLUSTER_ENDPOINTS = {
  '/api/clusters': 'the databases that run here; POST creates one',
  '/api/clusters/CLUSTER':
    'one database; PATCH modifies it, POST CLUSTER/start and CLUSTER/stop, DELETE deletes it',
  '/api/clusters/CLUSTER/explain': 'why it has the capacity it has',
  '/api/clusters/CLUSTER/decisions': 'decisions about its capacity (from, to, limit)',
  '/api/clusters/CLUSTER/capacity': 'its capacity over time, with the reasons (from, to, period)',
  '/api/clusters/CLUSTER/url': 'how to connect to it, with the password (database)',
  '/api/clusters/CLUSTER/logs': "the end of the server's log (lines)",
  '/api/host/tiered-cache': 'the second tier of the host; PUT switches it on, DELETE off',
};

/** `GET /`: what there is to ask. */
export function addIndexRoute(api: Api, parts: ApiParts): void {
  api.get('/', (context) => {
    readQuery(context, noQuery);
    const endpoints = parts.fleet ? { ...ENDPOINTS, ...CLUSTER_ENDPOINTS } : ENDPOINTS;
    return context.json({ name: 'airglow', version: parts.version, endpoints });
  });
}
