import { useMemo } from 'react';
import { useCapacity } from '../../api/queries.ts';
import { useDatabase } from '../../app/database.tsx';

export interface VcpuLines {
  readonly vcpus?: readonly (number | null)[];
  readonly vcpusName: string;
  readonly mostVcpus: number | null;
}

/** The processors that a load has at each moment, and those of the maximum: of a fixed machine only one line. */
export function useVcpuLines(atMs: readonly number[]): VcpuLines {
  const { name, window, summary, cluster } = useDatabase();
  const capacity = useCapacity(name, window, cluster !== null);
  return useMemo(() => {
    if (cluster === null) {
      const { vcpus } = summary;
      return {
        vcpusName: 'vCPUs',
        mostVcpus: null,
        ...(vcpus === null ? {} : { vcpus: atMs.map(() => vcpus) }),
      };
    }
    const { cpus } = cluster.shape;
    const mostVcpus = cluster.capacity.max * cpus;
    const acuAt = new Map(capacity.data?.atMs.map((at, index) => [at, capacity.data.acu[index] ?? null]));
    const current = cluster.capacity.current;
    let last: number | null = null;
    const vcpus = atMs.map((at) => {
      // The newest ticks are drawn before capacity is asked for again.
      last = acuAt.has(at) ? (acuAt.get(at) ?? null) : acuAt.size > 0 ? (last ?? current) : null;
      return last === null ? null : last * cpus;
    });
    return { vcpus, vcpusName: 'vCPUs in force', mostVcpus };
  }, [atMs, capacity.data, cluster, summary]);
}

/** The mean of what is known. */
export function meanOf(values: readonly (number | null)[] | undefined): number | null {
  const known = values?.filter((value): value is number => value !== null) ?? [];
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
