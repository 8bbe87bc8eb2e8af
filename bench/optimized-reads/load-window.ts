import type { Observer, ObserverMessage } from '../../src/daemon/observer.ts';
import { CPU_RUNNING, CPU_WAITING, PAGE_FAULT, TIER_READ } from '../../src/load/model.ts';
import type { LoadTick } from '../../src/load/model.ts';

/** Average active sessions of a window, by what they did. */
export interface LoadByWait {
  readonly total: number;
  readonly running: number;
  readonly waitingForCpu: number;
  /** Reads of files from storage. */
  readonly storageRead: number;
  readonly tierRead: number;
  readonly pageFault: number;
  /** Temporary files. */
  readonly spill: number;
  readonly other: number;
  readonly coveredSeconds: number;
}

const STORAGE_READS: ReadonlySet<string> = new Set([
  'IO:DataFileRead',
  'IO:DataFilePrefetch',
  'IO:AioIoCompletion',
]);

/** Collects the settled ticks of an observer. */
export class LoadWindow {
  readonly #ticks: LoadTick[] = [];
  readonly #stop: () => void;

  constructor(observer: Observer) {
    this.#stop = observer.subscribe((message: ObserverMessage) => {
      if (message.kind === 'settled') this.#ticks.push(message.tick);
    });
  }

  between(fromMs: number, toMs: number): LoadByWait {
    const sums = new Map<keyof LoadByWait, number>();
    let coveredMs = 0;
    for (const tick of this.#ticks) {
      if (tick.atMs <= fromMs || tick.atMs > toMs) continue;
      coveredMs += tick.durationMs;
      for (const { activity, tuple, weightMs } of tick.samples) {
        if (activity !== 'active') continue;
        const key = keyOf(tuple['db.wait_event']);
        sums.set(key, (sums.get(key) ?? 0) + weightMs);
        sums.set('total', (sums.get('total') ?? 0) + weightMs);
      }
    }
    const mean = (key: keyof LoadByWait): number => (coveredMs > 0 ? (sums.get(key) ?? 0) / coveredMs : 0);
    return {
      total: mean('total'),
      running: mean('running'),
      waitingForCpu: mean('waitingForCpu'),
      storageRead: mean('storageRead'),
      tierRead: mean('tierRead'),
      pageFault: mean('pageFault'),
      spill: mean('spill'),
      other: mean('other'),
      coveredSeconds: coveredMs / 1000,
    };
  }

  close(): void {
    this.#stop();
  }
}

function keyOf(wait: string): keyof LoadByWait {
  if (wait === CPU_RUNNING) return 'running';
  if (wait === CPU_WAITING) return 'waitingForCpu';
  if (wait === TIER_READ) return 'tierRead';
  if (wait === PAGE_FAULT) return 'pageFault';
  if (STORAGE_READS.has(wait)) return 'storageRead';
  return wait.startsWith('IO:BufFile') ? 'spill' : 'other';
}
