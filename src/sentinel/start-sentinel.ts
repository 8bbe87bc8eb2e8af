import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sentinelFiles } from './sentinel-files.ts';

export interface StartOptions {
  readonly stateDir: string;
  readonly version: string;
  /** Everything ends with us. */
  readonly endsWithDaemon: boolean;
}

/** It is small, and 20 databases asleep need no more. */
const MEMORY_FLAGS = ['--max-old-space-size=64', '--max-semi-space-size=1', '--v8-pool-size=0'];

/** Starts a sentinel in a session of its own: it outlives us. It answers at its socket a moment later. */
export function startSentinel({ stateDir, version, endsWithDaemon }: StartOptions): void {
  const { log } = sentinelFiles(stateDir);
  const output = openSync(log, 'a', 0o600);
  const [program, loader] = programToRun();
  const child = spawn(
    process.execPath,
    [...MEMORY_FLAGS, ...loader, program, stateDir, version, endsWithDaemon ? 'ends-with-daemon' : 'stays'],
    {
      detached: true,
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', output, output],
      // One thread waits; the others are for what little there is to write.
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', UV_THREADPOOL_SIZE: '2' },
    },
  );
  closeSync(output);
  // The link notices.
  child.on('error', () => {});
  child.unref();
}

/** From the sources it needs the loader that we were started with ourselves. */
function programToRun(): readonly [program: string, loader: readonly string[]] {
  const built = fileURLToPath(new URL('./main.js', import.meta.url));
  if (existsSync(built)) return [built, []];
  return [fileURLToPath(new URL('./main.ts', import.meta.url)), ['--import', 'tsx']];
}
