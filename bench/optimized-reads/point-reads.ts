import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pgbench } from '../../test/kit/pgbench.ts';
import { percentile } from '../load/statistics.ts';

export interface PointReads {
  readonly clients: number;
  readonly seconds: number;
  readonly rows: number;
  /** Offered, whatever is answered (open loop); without it each client asks again when it was answered. */
  readonly perSecond?: number;
}

export interface PointReadsResult {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly tps: number;
  /** Milliseconds; of the open loop from when a request was due. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const SCRIPT = (rows: number): string =>
  `\\set id random(1, ${rows})\nselect length(filler) from bench_wide where id = :id;\n`;

/** Single rows by key, evenly spread over the whole table. */
export async function readPoints(pgbench: Pgbench, url: string, load: PointReads): Promise<PointReadsResult> {
  const folder = mkdtempSync(join(tmpdir(), 'airglow-bench-pgbench-'));
  try {
    const script = join(folder, 'script.sql');
    writeFileSync(script, SCRIPT(load.rows));
    const rate = load.perSecond === undefined ? [] : ['-R', String(load.perSecond)];
    const startedAtMs = Date.now();
    await pgbench.start(url, [
      ...['-n', '-M', 'prepared', '-f', script, '-c', String(load.clients), '-j', '2'],
      ...['-T', String(load.seconds), '-l', '--log-prefix', join(folder, 'log'), ...rate],
    ]).finished;
    const endedAtMs = Date.now();
    const latencies = readLatencies(folder);
    const at = (share: number): number => percentile(latencies, share) ?? Number.NaN;
    return {
      startedAtMs,
      endedAtMs,
      tps: latencies.length / load.seconds,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sorted, in milliseconds: the third column of pgbench's log is in microseconds. */
function readLatencies(folder: string): Float64Array {
  const logs = readdirSync(folder).filter((name) => name.startsWith('log'));
  const latencies = logs.flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => Number(line.split(' ', 3)[2]) / 1000),
  );
  return Float64Array.from(latencies).sort();
}
