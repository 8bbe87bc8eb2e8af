// `npm run bench -- NAME [options]`: runs bench/NAME.ts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, root, run } from './set-up.mjs';

ensureInstalled();
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
if (name === undefined || !existsSync(join(root, 'bench', `${name}.ts`))) {
  console.error(`Which benchmark? npm run bench -- ${names.join(' | ')}`);
  process.exit(2);
}
const start = `import(process.argv[1]).then((bench) => bench.run(process.argv.slice(2)))`;
run(process.execPath, ['--import', 'tsx', '-e', start, join(root, 'bench', `${name}.ts`), ...args]);
