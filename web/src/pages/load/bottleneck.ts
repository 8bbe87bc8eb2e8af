import { CPU, CPU_RUNNING, CPU_WAITING, TIER_READ } from '../../../../src/load/model.ts';
import { typeOf } from '../../color/layer-colors.ts';
import { formatLoad, formatShare } from '../../format/numbers.ts';

/** What holds the database up most, in a sentence, and what to look at next. */
export interface Bottleneck {
  readonly level: 'quiet' | 'fine' | 'busy' | 'stuck';
  readonly title: string;
  readonly sentence: string;
  /** The wait to filter by; null where the whole load is meant. */
  readonly wait: string | null;
}

export interface WaitLoad {
  readonly key: string;
  readonly aas: number;
}

/** Shares and loads from which a kind of wait is worth a headline. */
const MUCH_SHARE = 0.3;
const MUCH_AAS = 0.5;

const WAITS: Readonly<Record<string, { readonly title: string; readonly meaning: string }>> = {
  IO: {
    title: 'Storage',
    meaning: 'wait for reads and writes; see which SQL, and whether memory or the disk is short',
  },
  Lock: {
    title: 'Locks',
    meaning: 'wait for what another session holds; more CPU would change nothing, the blocker would',
  },
  LWLock: {
    title: 'Internal locks',
    meaning: 'queue for shared structures of PostgreSQL, mostly from many doing the same at once',
  },
  IPC: { title: 'Other processes', meaning: 'wait for another process of the database' },
  Client: { title: 'Clients', meaning: 'wait for their client to take or send data' },
  Timeout: { title: 'Sleeping', meaning: 'sleep by their own wish' },
  BufferPin: { title: 'Pinned pages', meaning: 'wait until nobody uses a page' },
};

const TIER = {
  title: 'Second cache tier',
  meaning:
    'wait for pages that come back from local storage; memory for them would spare that, without the tier they would be read from where the data is',
};

const MORE_CAPACITY = 'More capacity, or less work in the top SQL, would end it.';
const BUSY_HOST = 'More capacity would not: the processors of the host are busy with something else.';

/** `vcpus` is the mean of what there was; null where it is not known. */
export function findBottleneck(
  waits: readonly WaitLoad[],
  vcpus: number | null,
  isHostSaturated = false,
): Bottleneck {
  const of = (key: string): number => waits.find((wait) => wait.key === key)?.aas ?? 0;
  const total = waits.reduce((sum, { aas }) => sum + aas, 0);
  const [running, waiting, either] = [of(CPU_RUNNING), of(CPU_WAITING), of(CPU)];
  if (total < 0.05) {
    return { level: 'quiet', title: 'Quiet', sentence: 'Hardly any session is at work.', wait: null };
  }
  const [worst, worstAas] = mostLoadedType(waits);
  const starved = vcpus !== null && either > vcpus ? either - vcpus : 0;
  const queued = Math.max(waiting, starved);
  if (queued >= MUCH_AAS && queued >= MUCH_SHARE * total && queued >= worstAas) {
    return {
      level: 'stuck',
      title: 'CPU',
      sentence: `${formatLoad(queued)} sessions on average wait for a processor${runningText(running, vcpus)}: ${formatShare(queued, total)} of the load. ${isHostSaturated ? BUSY_HOST : MORE_CAPACITY}`,
      wait: waiting > 0 ? CPU_WAITING : CPU,
    };
  }
  const isTier = worst === 'IO' && of(TIER_READ) > worstAas / 2;
  const known = isTier ? TIER : WAITS[worst];
  if (worstAas >= MUCH_AAS && worstAas >= MUCH_SHARE * total) {
    return {
      level: 'stuck',
      title: known?.title ?? worst,
      sentence: `${formatLoad(worstAas)} sessions on average ${known?.meaning ?? `wait for ${worst}`}: ${formatShare(worstAas, total)} of the load.`,
      wait: isTier ? TIER_READ : (waits.find(({ key }) => typeOf(key) === worst)?.key ?? null),
    };
  }
  return cpuOnly(running + either, waiting, total, vcpus);
}

function cpuOnly(onCpu: number, waiting: number, total: number, vcpus: number | null): Bottleneck {
  const isBusy = vcpus !== null && onCpu >= 0.8 * vcpus;
  if (!isBusy) {
    const room = vcpus === null ? '' : ` of ${formatLoad(vcpus)} vCPUs`;
    return {
      level: 'fine',
      title: 'No bottleneck',
      sentence: `${formatLoad(total)} sessions at work on average, ${formatLoad(onCpu)} of them on CPU${room}. Nothing is waited for much.`,
      wait: null,
    };
  }
  return {
    level: 'busy',
    title: 'CPU is busy',
    sentence: `CPU is ${formatShare(onCpu, vcpus)} used. That is a problem only when sessions queue for it: ${formatLoad(waiting)} do, so it is ${waiting < 0.1 * onCpu ? 'well used' : 'about full'}.`,
    wait: null,
  };
}

function runningText(running: number, vcpus: number | null): string {
  if (running === 0) return vcpus === null ? '' : `, of which there are ${formatLoad(vcpus)}`;
  return ` while ${formatLoad(running)} run`;
}

/** Of everything but CPU. */
function mostLoadedType(waits: readonly WaitLoad[]): readonly [string, number] {
  const sums = new Map<string, number>();
  for (const { key, aas } of waits) {
    const type = typeOf(key);
    if (type !== 'CPU') sums.set(type, (sums.get(type) ?? 0) + aas);
  }
  let [worst, worstAas] = ['', 0];
  for (const [type, aas] of sums) if (aas > worstAas) [worst, worstAas] = [type, aas];
  return [worst, worstAas];
}
