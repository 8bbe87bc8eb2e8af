import { beforeEach, expect, it } from 'vitest';
import type { ManagedCluster } from '../../cluster/managed/model.ts';
import type { HistoryEvent } from '../../history/history.ts';
import { CrashWatch } from './crash-watch.ts';

const crash = (pid: number) => [
  `12:00:0${pid} UTC [1] LOG:  server process (PID ${pid}) was terminated by signal 9: Killed`,
  `12:00:0${pid} UTC [1] LOG:  all server processes terminated; reinitializing`,
  `12:00:0${pid} UTC [1] LOG:  database system is ready to accept connections`,
];

let log: string[];
let kills: number;
let told: HistoryEvent[];
let watch: CrashWatch;
beforeEach(() => {
  log = crash(1);
  kills = 0;
  told = [];
  const cluster = {
    logLines: async () => log,
    accounts: { memory: () => ({ oomKills: kills }) },
  } as unknown as ManagedCluster;
  watch = new CrashWatch(cluster, (event) => told.push(event));
});

it('a crash is told once, with the process that ended', async () => {
  await watch.connected();
  expect(told).toEqual([]);
  log.push(...crash(2));
  await watch.connected();
  await watch.connected();
  expect(told).toMatchObject([
    {
      kind: 'crash-recovered',
      severity: 'error',
      message:
        'PostgreSQL ended all connections and recovered from a crash: server process (PID 2) was terminated by signal 9: Killed.',
    },
  ]);
});

it('a connection that was lost for another reason is none', async () => {
  await watch.connected();
  log.push('12:00:05 UTC [9] FATAL:  terminating connection due to administrator command');
  await watch.connected();
  expect(told).toEqual([]);
});

it('says where memory was the reason', async () => {
  await watch.connected();
  log.push(...crash(3));
  kills = 1;
  await watch.connected();
  expect(told[0]?.message).toMatch(/signal 9: Killed, as there was no memory left for the database\.$/);
});
