import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One transaction of pgbench: when it ended, and how long it took from when it was due. */
export interface Transaction {
  readonly endedAtMs: number;
  readonly latencyMs: number;
}

export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly count: number;
}

/** What pgbench wrote with `--log` into a folder, one file for each of its threads. */
export function readLog(folder: string): Transaction[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('pgbench_log'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .filter((line) => line !== '')
    .map((line) => {
      const [, , elapsedUs, , seconds, microseconds] = line.split(' ').map(Number);
      return {
        endedAtMs: (seconds ?? Number.NaN) * 1e3 + (microseconds ?? Number.NaN) / 1e3,
        latencyMs: (elapsedUs ?? Number.NaN) / 1e3,
      };
    });
}

export function latenciesOf(transactions: readonly Transaction[]): Latencies {
  const sorted = transactions.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), count: sorted.length };
}
