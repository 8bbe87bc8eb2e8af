import { groupFolders } from './cgroup-folders.ts';
import { readText } from './process-reader.ts';

/**
 * How many processors a process may use: its affinity, cut by the CPU quota of its cgroup and of the groups above it
 * (v1 and v2). Null where the kernel does not tell.
 */
export function readCpuAllowance(pid: number): number | null {
  const allowed = /^Cpus_allowed_list:\s+(.*)$/m.exec(readText(`/proc/${pid}/status`) ?? '');
  if (allowed === null) return null;
  const limits = readQuotas(pid);
  return Math.min(countCpus(allowed[1] ?? ''), ...limits);
}

/** `0-3,8` -> 5 */
export function countCpus(list: string): number {
  let count = 0;
  for (const part of list.trim().split(',')) {
    const [from = '0', to = from] = part.split('-');
    count += Number(to) - Number(from) + 1;
  }
  return count;
}

function readQuotas(pid: number): number[] {
  return groupFolders(pid, 'cpu')
    .map(({ version, folder }) => (version === 1 ? readQuotaV1(folder) : readQuotaV2(folder)))
    .filter((limit) => limit !== null);
}

function readQuotaV1(folder: string): number | null {
  const quota = Number(readText(`${folder}/cpu.cfs_quota_us`) ?? -1);
  const period = Number(readText(`${folder}/cpu.cfs_period_us`) ?? 0);
  return quota > 0 && period > 0 ? quota / period : null;
}

function readQuotaV2(folder: string): number | null {
  const [quota = 'max', period = '100000'] = (readText(`${folder}/cpu.max`) ?? 'max').trim().split(' ');
  return quota === 'max' ? null : Number(quota) / Number(period);
}
