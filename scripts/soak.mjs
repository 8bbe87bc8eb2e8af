// `npm run soak -- [HOURS]`: that many virtual hours (48 unless told otherwise) of random loads and faults.
// `npm run soak -- pause [--minutes 10]`: a real database, paused and woken thousands of times under random clients and kills.
import { join } from 'node:path';
import { ensureInstalled, root, run } from './set-up.mjs';

ensureInstalled();
const [first, ...args] = process.argv.slice(2);
if (first === 'pause') {
  const start = `import(process.argv[1]).then((soak) => soak.run(process.argv.slice(2)))`;
  run(process.execPath, ['--import', 'tsx', '-e', start, join(root, 'bench', 'soak', 'pause.ts'), ...args]);
} else {
  process.env.AIRGLOW_SOAK_HOURS = first ?? '48';
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  run(process.execPath, [vitest, 'run', '--project', 'unit', 'src/capacity/soak.test.ts']);
}
