// `npm run soak -- [HOURS]`: that many virtual hours (48 unless told otherwise) of random loads and faults.
import { join } from 'node:path';
import { ensureInstalled, root, run } from './set-up.mjs';

ensureInstalled();
process.env.AIRGLOW_SOAK_HOURS = process.argv[2] ?? '48';
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
run(process.execPath, [vitest, 'run', '--project', 'unit', 'src/capacity/soak.test.ts']);
