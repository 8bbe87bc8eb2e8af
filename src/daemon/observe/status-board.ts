import type { AirglowError } from '../../errors.ts';
import { readCpuAllowance } from '../../kernel/cpu-allowance.ts';
import type { LoadTick } from '../../load/model.ts';
import { quantile } from '../../load/summary.ts';
import type { ConnectionState, TargetStatus } from '../observer.ts';
import type { Connection } from './connection.ts';

/** Costs are quoted over so many ticks. */
const REMEMBERED_TICKS = 300;
const ALLOWANCE_INTERVAL_MS = 1_000;

/** What is known of a target right now, kept up to date by whoever learns it. */
export class StatusBoard {
  readonly #target: string;
  readonly #address: string;
  readonly #intervalMs: number;
  #state: ConnectionState = 'connecting';
  #connection: Connection | null = null;
  #lastError: TargetStatus['lastError'] = null;
  #nextAttemptAtMs: number | null = null;
  #ticks: LoadTick[] = [];
  #vcpus: number | null = null;
  #vcpusAtMs = 0;
  thinning = 1;
  isPaused = false;

  constructor(target: string, address: string, intervalMs: number) {
    this.#target = target;
    this.#address = address;
    this.#intervalMs = intervalMs;
  }

  get postmasterPid(): number | null {
    return this.#connection?.postmasterPid ?? null;
  }

  connecting(): void {
    this.#state = 'connecting';
    this.#nextAttemptAtMs = null;
  }

  connected(connection: Connection): void {
    this.#state = 'connected';
    this.#connection = connection;
    this.#lastError = null;
    this.#vcpus = null;
    this.#vcpusAtMs = 0;
  }

  waiting(error: AirglowError, nextAttemptAtMs: number): void {
    this.#state = 'waiting to reconnect';
    this.#lastError = { code: error.code, message: error.message, atMs: Date.now() };
    this.#nextAttemptAtMs = nextAttemptAtMs;
  }

  stopped(): void {
    this.#state = 'stopped';
    this.#nextAttemptAtMs = null;
  }

  ticked(tick: LoadTick): void {
    this.#ticks.push(tick);
    if (this.#ticks.length > REMEMBERED_TICKS) this.#ticks.shift();
  }

  status(): TargetStatus {
    const connection = this.#connection;
    const info = connection?.session.info ?? null;
    return {
      target: this.#target,
      address: this.#address,
      connection: this.isPaused && this.#state !== 'stopped' ? 'paused' : this.#state,
      lastError: this.#lastError,
      nextAttemptAtMs: this.#nextAttemptAtMs,
      engine: info,
      source: connection === null ? null : connection.kernel === null ? 'session' : 'kernel',
      sourceReason: connection?.sourceReason ?? null,
      intervalMs: this.#intervalMs,
      thinning: this.thinning,
      vcpus: this.#readVcpus(),
      warnings: info?.warnings ?? [],
      lastTickAtMs: this.#ticks.at(-1)?.atMs ?? null,
      cost: this.#cost(),
    };
  }

  #readVcpus(): number | null {
    // It runs on none, and nothing of a frozen process is read.
    if (this.isPaused) {
      this.#vcpusAtMs = 0;
      return null;
    }
    if (this.postmasterPid !== null && Date.now() - this.#vcpusAtMs > ALLOWANCE_INTERVAL_MS) {
      this.#vcpus = readCpuAllowance(this.postmasterPid);
      this.#vcpusAtMs = Date.now();
    }
    return this.#vcpus;
  }

  #cost(): TargetStatus['cost'] {
    if (this.#ticks.length === 0) return null;
    const costs = this.#ticks.map((tick) => tick.cost);
    const durations = costs.map((cost) => cost.tickMs).sort((a, b) => a - b);
    const backend = costs.map((cost) => cost.backendCpuMs).filter((ms) => ms !== null);
    return {
      tickMsP50: quantile(durations, 0.5),
      tickMsP99: quantile(durations, 0.99),
      agentCpuMsPerTick: mean(costs.map((cost) => cost.agentCpuMs)),
      backendCpuMsPerTick: backend.length === 0 ? null : mean(backend),
    };
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
