/** The loads that AAS is measured under: pgbench arguments, and a script where its own do not do. */
export interface Workload {
  readonly name: string;
  readonly what: string;
  readonly args: readonly string[];
  readonly script?: string;
  /** How far the kernel view may be from the truth, per cent. */
  readonly targetPercent: number;
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'readers', what: '8 zero-think readers', args: ['-S', '-c', '8', '-j', '2'], targetPercent: 3 },
  {
    name: 'writers',
    what: '8 TPC-B writers',
    args: ['-b', 'tpcb-like', '-c', '8', '-j', '2'],
    targetPercent: 5,
  },
  {
    name: 'storm',
    what: '8 clients, a connection per query',
    args: ['-S', '-C', '-c', '8', '-j', '8'],
    targetPercent: 5,
  },
  {
    name: 'paced',
    what: 'open loop, 400 reads/s',
    args: ['-S', '-R', '400', '-c', '8', '-j', '2'],
    targetPercent: 5,
  },
  {
    name: 'locks',
    what: 'a lock pile-up of 8',
    args: ['-c', '8', '-j', '2'],
    script: [
      'begin;',
      'update pgbench_branches set bbalance = bbalance + 1 where bid = 1;',
      'select pg_sleep(0.05);',
      'commit;',
    ].join('\n'),
    targetPercent: 5,
  },
  {
    name: 'report',
    what: '2 CPU-heavy reports',
    args: ['-c', '2', '-j', '2'],
    script: 'select count(*), sum(length(md5(aid::text))) from pgbench_accounts where aid <= 100000;',
    targetPercent: 3,
  },
];
