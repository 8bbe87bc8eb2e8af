import type { LimitsHost } from '../kernel/limits/resource-group.ts';
import { whySocketsAreForbidden } from '../kernel/sockets/may-duplicate.ts';

/** Why no database can be paused on this host, and the way out, one line; null where it can. */
export function whyNoPausing(limits: LimitsHost): string | null {
  if (!limits.capabilities.freezer)
    return 'This host has no freezer of control groups: mount it (cgroup v1), or use cgroup v2.';
  return whySocketsAreForbidden();
}
