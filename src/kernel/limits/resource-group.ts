/**
 * The port of limits: a group of processes that shares a CPU quota and a memory limit, and keeps account of what it
 * uses. Two implementations, cgroup v1 and v2; both pass `resource-group.conformance.ts`.
 *
 * A group has two parts. The *limited* part holds the database; CPU quota and account are about it. The *exempt* part
 * holds the few processes that must go on when the database is throttled (the sampler's backend); its CPU is neither
 * limited nor accounted. The memory limit and the freezer hold both parts.
 */
export interface ResourceGroup {
  readonly name: string;
  /** Folders of the group in every hierarchy, to be removed deepest first by whoever cleans up after us. */
  readonly folders: readonly string[];
  /** Whether the group is still there: somebody may remove it underneath us. Synchronous and cheap. */
  exists(): boolean;
  /** Moves a process and all that descends from it into the limited part. A process that is gone is no error. */
  enter(pid: number): Promise<void>;
  /** Moves one process to the exempt part. */
  exempt(pid: number): Promise<void>;
  /** Processes of the limited part; empty when the group is gone. Synchronous. */
  pids(): number[];

  /** Processors, as in 0.25; null takes the limit away. Read back; raises LIMIT_REFUSED. */
  setCpus(cpus: number | null): Promise<void>;
  /**
   * Null takes the limit away. Lowering evicts page cache first and kills nobody: where what cannot be evicted does
   * not fit, the old limit stays and MEMORY_IN_USE is raised. Read back; raises LIMIT_REFUSED.
   */
  setMemoryBytes(bytes: number | null): Promise<void>;
  /**
   * How much of the group's memory may be on swap, beside its memory limit; 0 keeps it out of swap as far as the kernel
   * allows, null leaves it to the host. Holds for every memory limit to come, too. Less than is on swap now is reached as it
   * comes back. Read back; raises LIMIT_REFUSED.
   */
  setSwapBytes(bytes: number | null): Promise<void>;
  /**
   * Has the kernel give back all that it can: page cache, and what swap takes of the rest. As far as it goes; may take
   * seconds. Raises LIMIT_REFUSED where the kernel has no means for it.
   */
  reclaim(): Promise<void>;
  /** What the kernel has in force now. Raises GROUP_GONE. */
  limits(): {
    readonly cpus: number | null;
    readonly memoryBytes: number | null;
    /** Null where swap is left to the host, or cannot be limited here. */
    readonly swapBytes: number | null;
  };

  /** Cumulative CPU figures of the limited part; null when the group is gone. Synchronous: it is read 20 times a second. */
  cpuAccount(): CpuAccount | null;
  /** Synchronous; null when the group is gone. */
  memoryAccount(): MemoryAccount | null;

  /** Resolves when every process stands still. Raises FREEZE_FAILED after a time-out, with the group thawed again. */
  freeze(timeoutMs: number): Promise<void>;
  thaw(): Promise<void>;
  isFrozen(): boolean;

  /** Thaws, moves what still lives in it to the group above and removes it. No error where it is gone already. */
  remove(): Promise<void>;
}

export interface CpuAccount {
  readonly usageNs: number;
  /** Summed over the processors: time that their queues stood still for the quota. */
  readonly throttledNs: number;
  readonly periods: number;
  readonly throttledPeriods: number;
}

/** Bytes, but for the counters. */
export interface MemoryAccount {
  readonly usageBytes: number;
  /** Private memory of the processes. */
  readonly anonBytes: number;
  readonly shmemBytes: number;
  /** Page cache, shared memory not counted. */
  readonly fileBytes: number;
  /** What the kernel holds for them and cannot give back. */
  readonly kernelBytes: number;
  /** Cumulative: evicted pages of files that had to be read again. */
  readonly refaultedBytes: number;
  /** On swap now. */
  readonly swapBytes: number;
  /** What may still go to swap by `setSwapBytes`; 0 where it may not, or nobody has said so. */
  readonly swapRoomBytes: number;
  /** Cumulative: pages that came back from swap. */
  readonly swappedInBytes: number;
  /** Cumulative: processes killed for want of memory. */
  readonly oomKills: number;
  /** Cumulative microseconds in which some process stood still for memory; null where the kernel does not tell. */
  readonly stalledUs: number | null;
}

export interface LimitCapabilities {
  readonly cpu: boolean;
  readonly memory: boolean;
  /** How much of a group goes to swap can be limited. */
  readonly swap: boolean;
  readonly freezer: boolean;
  /** Unused quota can be saved for a burst. */
  readonly burst: boolean;
  /** Stalls for want of memory are told per group. */
  readonly pressure: boolean;
}

/** Where groups can be made on this host. */
export interface LimitsHost {
  readonly version: 1 | 2;
  readonly capabilities: LimitCapabilities;
  /** Opens the group of that name (`[a-z0-9-]+`), making what is missing of it. Raises LIMIT_REFUSED. */
  open(name: string): Promise<ResourceGroup>;
  /** Names of the groups that exist. */
  list(): Promise<readonly string[]>;
}

/** Why nothing can be limited here, and how it could be, each one sentence. */
export interface NoLimits {
  readonly reason: string;
  readonly remedy: string;
}
