import type { AcuShape } from '../../capacity/acu.ts';
import { ACU_STEP, resourcesOf } from '../../capacity/acu.ts';
import { hasLimits } from '../../kernel/limits/open-limits.ts';
import type { LimitsHost, NoLimits, ResourceGroup } from '../../kernel/limits/resource-group.ts';
import type { Enforcement } from './model.ts';

/** What the kernel has in force; null where it limits nothing. */
export interface LimitsInForce {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly swapBytes: number | null;
}

const NOTHING: LimitsInForce = { cpus: null, memoryBytes: null, swapBytes: null };

/** The limits of one database: those of its group, or none where there can be none. */
export class ClusterLimits {
  readonly #host: LimitsHost | NoLimits;
  readonly #name: string;
  readonly #shape: AcuShape;
  readonly #swapBytes: () => number | null;
  #group: ResourceGroup | null = null;

  /** `swapBytes`: what may be on swap at this moment; null leaves that to the host. */
  constructor(
    host: LimitsHost | NoLimits,
    name: string,
    shape: AcuShape,
    swapBytes: () => number | null = () => null,
  ) {
    this.#host = host;
    this.#name = name;
    this.#shape = shape;
    this.#swapBytes = swapBytes;
  }

  get enforcement(): Enforcement {
    if (hasLimits(this.#host)) return { enforced: true, version: this.#host.version };
    return { enforced: false, ...this.#host };
  }

  /** Null while there is none: nothing can be limited here, or the database was not started yet. */
  get group(): ResourceGroup | null {
    return this.#group;
  }

  /** Makes what is missing of the group. Raises LIMIT_REFUSED. */
  async open(): Promise<ResourceGroup | null> {
    if (hasLimits(this.#host)) this.#group = await this.#host.open(this.#name);
    return this.#group;
  }

  async exists(): Promise<boolean> {
    return hasLimits(this.#host) && (await this.#host.list()).includes(this.#name);
  }

  async remove(): Promise<void> {
    if (await this.exists()) await (await this.open())?.remove();
    this.#group = null;
  }

  /** Raises GROUP_GONE. */
  inForce(): LimitsInForce {
    return this.#group?.limits() ?? NOTHING;
  }

  /** Whether the kernel has these limits, and no others; synchronous. */
  areInForce({ cpus, memoryBytes, swapBytes }: LimitsInForce): boolean {
    try {
      const found = this.inForce();
      return found.cpus === cpus && found.memoryBytes === memoryBytes && found.swapBytes === swapBytes;
    } catch {
      return false;
    }
  }

  /** What a capacity asks for, as far as it can be limited here. */
  wantedFor(acu: number): LimitsInForce {
    if (!hasLimits(this.#host)) return NOTHING;
    const { cpus, memoryBytes } = resourcesOf(acu, this.#shape);
    const { capabilities } = this.#host;
    return {
      cpus: capabilities.cpu ? cpus : null,
      memoryBytes: capabilities.memory ? memoryBytes : null,
      swapBytes: capabilities.swap ? this.#swapBytes() : null,
    };
  }

  /** The capacity that limits give; null where they do not tell. */
  capacityOf({ cpus, memoryBytes }: Pick<LimitsInForce, 'cpus' | 'memoryBytes'>): number | null {
    if (cpus !== null) return toGrid(cpus / this.#shape.cpus);
    return memoryBytes === null ? null : toGrid(memoryBytes / this.#shape.memoryBytes);
  }

  /**
   * All of them, whatever was before. To evict pages may take seconds: who raises meanwhile does not wait, since the next call
   * makes that one stop. Raises LIMIT_REFUSED, MEMORY_IN_USE, GROUP_GONE.
   */
  async set(wanted: LimitsInForce, given?: AbortSignal): Promise<void> {
    if (this.#group === null) return;
    await this.#group.setCpus(wanted.cpus);
    // Before memory: what a lower limit pushes out has to have somewhere to go.
    await this.#group.setSwapBytes(wanted.swapBytes);
    await orGivenUp(this.#group.setMemoryBytes(wanted.memoryBytes), given);
  }
}

function toGrid(acu: number): number {
  return Math.max(ACU_STEP, Math.round(acu / ACU_STEP) * ACU_STEP);
}

/** As `work`, unless it is given up before: then it goes on without anybody. */
export async function orGivenUp<T>(work: Promise<T>, given?: AbortSignal): Promise<T> {
  if (given === undefined) return work;
  const givenUp = new Promise<never>((_, reject) => {
    if (given.aborted) reject(given.reason as Error);
    given.addEventListener('abort', () => reject(given.reason as Error), { once: true });
  });
  return Promise.race([work, givenUp]);
}
