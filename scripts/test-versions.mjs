// Runs the tests that depend on PostgreSQL's version against every major version, each fetched on first use.
// Usage: node scripts/test-versions.mjs [13 17 ...]
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const MAJORS = ['13', '14', '15', '16', '17', '18'];
const root = join(import.meta.dirname, '..');

const wanted = process.argv.slice(2);
const unknown = wanted.filter((major) => !MAJORS.includes(major));
if (unknown.length > 0) fail(`no such major version: ${unknown.join(', ')} (there are ${MAJORS.join(', ')})`);
const files = dependentTests();
if (files.length === 0) fail('there are no tests that depend on the version in test/integration');

const rows = [];
for (const major of wanted.length === 0 ? MAJORS : wanted) {
  console.log(`\n=== PostgreSQL ${major} ===`);
  rows.push(await testMajor(major));
}
console.log(`\n${'PostgreSQL'.padEnd(12)}${'result'.padEnd(20)}seconds`);
for (const { major, result, seconds } of rows) {
  console.log(`${major.padEnd(12)}${result.padEnd(20)}${seconds.toFixed(0).padStart(7)}`);
}
process.exitCode = rows.every(({ result }) => result === 'passed') ? 0 : 1;

function dependentTests() {
  return readdirSync(join(root, 'test', 'integration'))
    .filter((name) => /^(engine|observer|sentinel-engine|temp-space).*\.test\.ts$/.test(name))
    .map((name) => `test/integration/${name}`);
}

async function testMajor(major) {
  const startedAt = performance.now();
  const result = await testResult(major);
  return { major, result, seconds: (performance.now() - startedAt) / 1000 };
}

async function testResult(major) {
  if ((await node(['scripts/fetch-postgres.mjs', major])) !== 0) return 'not fetched';
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const code = await node([vitest, 'run', '--project', 'integration', '--project', 'measuring', ...files], {
    AIRGLOW_TEST_PG: major,
  });
  return code === 0 ? 'passed' : 'failed';
}

function node(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function fail(message) {
  console.error(`test-versions: ${message}`);
  process.exit(1);
}
