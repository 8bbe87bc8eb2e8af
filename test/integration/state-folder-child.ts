/**
 * A process that wants state folders for itself. Arguments: folders. For each it says `ready`, waits for a line of input,
 * tries to open it and says `open` or the error's code and message; what it got it keeps until it is killed.
 */
import { createInterface } from 'node:readline';
import { openStateFolder } from '../../src/daemon/serverless/state-folder.ts';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
for (const folder of process.argv.slice(2)) {
  console.log('ready');
  await lines.next();
  const said = await openStateFolder(folder).then(
    () => 'open',
    (error: Error & { code?: string }) => `${error.code} ${error.message}`,
  );
  console.log(said);
}
setInterval(() => {}, 60_000);
