// `npm test`: types, lint, format, unit tests, then integration tests on real databases. Everything runs, the first
// failure notwithstanding, and the last line counts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './set-up.mjs';

ensureInstalled();
ensureBuilt();

const folder = mkdtempSync(join(tmpdir(), 'airglow-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** Shown once more at the end, where they are found. */
const failures = [];

const checks = [
  ['types', ['run', '--silent', 'typecheck']],
  ['lint', ['run', '--silent', 'lint']],
  ['format', ['run', '--silent', 'format:check']],
];
for (const [name, args] of checks) {
  console.log(`\n== ${String(name)}`);
  const { status } = spawnSync('npm', args, { cwd: root, stdio: 'inherit' });
  count(status === 0 ? { passed: 1 } : { failed: 1, failures: [`${String(name)}: see above`] });
}
for (const project of ['unit', 'integration', 'browser', 'measuring']) {
  console.log(`\n== ${project} tests`);
  const tally = join(folder, `${project}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [
    vitest,
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=./scripts/tally-reporter.mjs',
  ];
  const { status } = spawnSync(process.execPath, [...args, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, AIRGLOW_TALLY: tally },
  });
  const counted = readTally(tally);
  // A run that breaks outside its tests fails too.
  count(status !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted);
}
rmSync(folder, { recursive: true, force: true });

for (const failure of failures) console.log(`\nFAILED ${failure}`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

function readTally(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`${path}: the run wrote no result`] };
  }
}

function count(more) {
  for (const key of Object.keys(totals)) totals[key] += more[key] ?? 0;
  failures.push(...(more.failures ?? []));
}
