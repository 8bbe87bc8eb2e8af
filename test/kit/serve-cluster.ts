/**
 * A program for tests that need the owner of a managed database to be a process of its own. Makes one and starts it,
 * says where it is in one line of JSON, and goes on until it is killed. Arguments: a folder, the name of a folder of
 * groups, `temporary` or `lasting`, and a folder on local storage where it is to have one.
 */
import { DEFAULT_SHAPE } from '../../src/capacity/acu.ts';
import { findFreePort } from '../../src/cluster/free-port.ts';
import { createManagedCluster } from '../../src/cluster/managed/managed-cluster.ts';
import { openLimits } from '../../src/kernel/limits/open-limits.ts';

const [, , clustersDir = '', root = '', kind = 'temporary', localStorage] = process.argv;
const cluster = await createManagedCluster({
  clustersDir,
  name: 'owned',
  port: await findFreePort(),
  minAcu: 0.5,
  maxAcu: 8,
  shape: DEFAULT_SHAPE,
  limits: await openLimits({ root }),
  host: { cpus: 2, memoryBytes: 16 * 1024 ** 3 },
  temporary: kind === 'temporary',
  ...(localStorage !== undefined && { localStorage }),
  log: () => {},
});
await cluster.start(2);
const { id, postmaster } = cluster.spec;
console.log(JSON.stringify({ id, pid: postmaster?.pid, url: cluster.url() }));
setInterval(() => {}, 60_000);
