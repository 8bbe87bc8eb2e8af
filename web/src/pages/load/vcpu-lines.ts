import { useMemo } from 'react';
import type { CapacityAnswer } from '../../../../src/api/capacity-answers.ts';
import { useCapacity } from '../../api/queries.ts';
import { useDatabase, type Database } from '../../app/database.tsx';
import type { AskedWindow } from '../../view/time-window.ts';

export interface VcpuLines {
  readonly vcpus?: readonly (number | null)[];
  readonly vcpusName: string;
  readonly mostVcpus: number | null;
}

/**
 * The processors that a load has at each moment, and those of the maximum: of a fixed machine only one line. Of the
 * window of the page unless told otherwise.
 */
export function useVcpuLines(atMs: readonly number[], of?: AskedWindow): VcpuLines {
  const { name, window, summary, cluster } = useDatabase();
  const { data: capacity } = useCapacity(name, of ?? window, cluster !== null);
  return useMemo(
    () => (cluster === null ? ofMachine(atMs, summary.vcpus) : ofCluster(atMs, cluster, capacity)),
    [atMs, capacity, cluster, summary.vcpus],
  );
}

function ofMachine(atMs: readonly number[], vcpus: number | null): VcpuLines {
  const line = vcpus === null ? {} : { vcpus: atMs.map(() => vcpus) };
  return { vcpusName: 'vCPUs', mostVcpus: null, ...line };
}

function ofCluster(
  atMs: readonly number[],
  { shape, capacity: { current, max } }: NonNullable<Database['cluster']>,
  capacity: CapacityAnswer | undefined,
): VcpuLines {
  const acuAt = new Map(capacity?.atMs.map((at, index) => [at, capacity.acu[index] ?? null]));
  const newestMs = capacity?.atMs.at(-1) ?? Infinity;
  const vcpus = atMs.map((at) => {
    // The newest ticks are drawn before capacity is asked for again.
    const acu = at > newestMs ? current : (acuAt.get(at) ?? null);
    return acu === null ? null : acu * shape.cpus;
  });
  return { vcpus, vcpusName: 'vCPUs in force', mostVcpus: max * shape.cpus };
}
