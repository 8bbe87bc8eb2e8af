import type { DatabaseModel } from '../model.ts';
import { PageCache } from './page-cache.ts';
import { Processors } from './processors.ts';

/**
 * The model of a database: work comes in, capacity serves it, what is not served waits. Fields are of the last stretch that
 * was served, as means over it. Checked against a real one behind a real limit by `npm run bench -- model`.
 */
export class Database {
  readonly #model: DatabaseModel;
  readonly processors: Processors;
  readonly memory: PageCache;

  constructor(model: DatabaseModel, onLatency: (requests: number, seconds: number) => void) {
    this.#model = model;
    this.processors = new Processors(model, onLatency);
    this.memory = new PageCache(model);
  }

  serve(
    comingCpus: number,
    wantedMemoryBytes: number,
    capacityAcu: number,
    atSeconds: number,
    seconds: number,
  ): void {
    const { shape, requestOtherSeconds } = this.#model;
    const limitCpus = this.#limitCpus(capacityAcu);
    const otherSeconds = requestOtherSeconds + this.memory.requestSeconds;
    const workCpus =
      this.memory.tierCpuShare === 0 ? comingCpus : comingCpus * (1 + this.memory.tierCpuShare);
    this.processors.serve(workCpus, limitCpus, atSeconds, seconds, otherSeconds);
    this.memory.serve(wantedMemoryBytes, capacityAcu * shape.memoryBytes, this.processors.usedCpus, seconds);
  }

  finish(capacityAcu: number, atSeconds: number): void {
    this.processors.finish(atSeconds, this.#limitCpus(capacityAcu));
  }

  #limitCpus(capacityAcu: number): number {
    const { shape, hostCpus } = this.#model;
    return Math.min(capacityAcu * shape.cpus, hostCpus);
  }
}
