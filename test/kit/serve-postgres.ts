/**
 * A program for tests that need the owner of a server to be a process of its own. Starts one, says where it is in one
 * line of JSON, and stops it on SIGINT. Argument: a folder with bin/, lib/ and share/ (optional).
 */
import { startPostgres } from '../../src/cluster/server.ts';

const installDir = process.argv[2];
const server = await startPostgres(installDir === undefined ? {} : { installDir });
process.once('SIGINT', () => {
  void server.stop();
});
console.log(
  JSON.stringify({
    uid: process.getuid?.(),
    postmasterPid: server.postmasterPid,
    folder: server.folder,
    dataDir: server.dataDir,
    installDir: server.installDir,
    url: server.url,
  }),
);
