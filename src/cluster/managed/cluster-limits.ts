import type { AcuShape } from '../../capacity/acu.ts';
import { resourcesOf } from '../../capacity/acu.ts';
import { AirglowError } from '../../errors.ts';
import { hasLimits } from '../../kernel/limits/open-limits.ts';
import type { LimitsHost, NoLimits, ResourceGroup } from '../../kernel/limits/resource-group.ts';
import type { Enforcement } from './model.ts';

/** What the kernel has in force; null where it limits nothing. */
export interface LimitsInForce {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

const MIB = 1024 ** 2;
const NOTHING: LimitsInForce = { cpus: null, memoryBytes: null };
/** Eviction cannot be interrupted, so what may have to be given up is asked for in parts: some 100 ms each. */
const STEP_BYTES = 256 * MIB;
/** What a database needs beside what it cannot give back. */
const MARGIN_BYTES = 16 * MIB;

/** The limits of one database: those of its group, or none where there can be none. */
export class ClusterLimits {
  readonly #host: LimitsHost | NoLimits;
  readonly #name: string;
  readonly #shape: AcuShape;
  #group: ResourceGroup | null = null;

  constructor(host: LimitsHost | NoLimits, name: string, shape: AcuShape) {
    this.#host = host;
    this.#name = name;
    this.#shape = shape;
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
  areInForce({ cpus, memoryBytes }: LimitsInForce): boolean {
    try {
      const found = this.inForce();
      return found.cpus === cpus && found.memoryBytes === memoryBytes;
    } catch {
      return false;
    }
  }

  /** What a capacity asks for, as far as it can be limited here. */
  wantedFor(acu: number): LimitsInForce {
    if (!hasLimits(this.#host)) return NOTHING;
    const { cpus, memoryBytes } = resourcesOf(acu, this.#shape);
    const { capabilities } = this.#host;
    return { cpus: capabilities.cpu ? cpus : null, memoryBytes: capabilities.memory ? memoryBytes : null };
  }

  /** The capacity that limits give; null where they do not tell. */
  capacityOf({ cpus }: LimitsInForce): number | null {
    return cpus === null ? null : Math.round((cpus / this.#shape.cpus) * 2) / 2;
  }

  /** Both at once, whatever was before: memory first where it grows. Raises LIMIT_REFUSED, MEMORY_IN_USE, GROUP_GONE. */
  async set(wanted: LimitsInForce, given?: AbortSignal): Promise<void> {
    const group = this.#group;
    if (group === null) return;
    const before = group.limits();
    const grows = isMore(wanted.memoryBytes, before.memoryBytes);
    if (grows) await group.setMemoryBytes(wanted.memoryBytes);
    await group.setCpus(wanted.cpus);
    if (!grows) await this.#lowerMemory(group, wanted.memoryBytes, given);
  }

  async #lowerMemory(group: ResourceGroup, targetBytes: number | null, given?: AbortSignal): Promise<void> {
    if (targetBytes === null) return;
    const account = group.memoryAccount();
    const heldBytes = (account?.anonBytes ?? 0) + (account?.shmemBytes ?? 0);
    if (heldBytes + MARGIN_BYTES > targetBytes) throw memoryInUse(heldBytes, targetBytes);
    for (;;) {
      given?.throwIfAborted();
      const limitBytes = group.limits().memoryBytes ?? Number.POSITIVE_INFINITY;
      if (limitBytes <= targetBytes) return;
      const usedBytes = Math.min(limitBytes, group.memoryAccount()?.usageBytes ?? 0);
      await group.setMemoryBytes(Math.max(targetBytes, usedBytes - STEP_BYTES));
    }
  }
}

function isMore(wanted: number | null, before: number | null): boolean {
  return before !== null && (wanted === null || wanted > before);
}

function memoryInUse(heldBytes: number, targetBytes: number): AirglowError {
  const [held, target] = [heldBytes, targetBytes].map((bytes) => `${Math.round(bytes / MIB)} MiB`);
  return new AirglowError(
    'MEMORY_IN_USE',
    `Memory cannot be lowered to ${target}: ${held} cannot be given back. The limit stays; try again when less is in use.`,
  );
}
