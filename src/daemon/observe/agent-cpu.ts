/** CPU time of this process, shared out equally among those who observe in it. */
const observers = new Set<AgentCpuMeter>();

export class AgentCpuMeter {
  #last = process.cpuUsage();

  start(): void {
    observers.add(this);
    this.#last = process.cpuUsage();
  }

  stop(): void {
    observers.delete(this);
  }

  /** This observer's share of the CPU milliseconds since its last call. */
  takeMs(): number {
    const now = process.cpuUsage();
    const usedMicros = now.user - this.#last.user + now.system - this.#last.system;
    this.#last = now;
    return usedMicros / 1000 / Math.max(1, observers.size);
  }
}
