import { pause, repeat, together } from './actor.ts';
import type { Actor } from './actor.ts';

/** CPU: aggregates over all orders, with parallel workers, resting as long as it took, to leave room on two cores. */
export const reports: Actor = async ({ sessions, signal, strength }) => {
  const pool = sessions.open({
    user: 'app_report',
    database: 'shop',
    applicationName: 'monthly-report',
    sessions: strength,
    settings: { max_parallel_workers_per_gather: '1', min_parallel_table_scan_size: '0', work_mem: '32MB' },
  });
  const sql = `select p.category, date_trunc('month', o.placed_at) as month, count(*), sum(o.total),
      avg(ln(o.total) * sqrt(p.price)) as score, count(distinct md5(o.note || p.name)) as baskets
    from orders o join products p on p.id = o.product_id group by 1, 2 order by 1, 2`;
  await together(strength, () =>
    repeat(signal, async () => {
      const startedAt = performance.now();
      await pool.query(sql);
      await pause((performance.now() - startedAt) / 2, signal);
    }),
  );
  await pool.end();
};

/** IO: sorts of some megabytes with kilobytes to do them in. */
export const sorts: Actor = async ({ sessions, signal, strength }) => {
  const pool = sessions.open({
    user: 'app_report',
    database: 'warehouse',
    applicationName: 'stock-taking',
    sessions: strength,
    settings: { work_mem: '64kB', max_parallel_workers_per_gather: '0' },
  });
  const sql = 'select id, label from movements order by label collate "C", moved_at offset 59990';
  await together(strength, () =>
    repeat(signal, async () => {
      const startedAt = performance.now();
      await pool.query(sql);
      await pause((performance.now() - startedAt) / 2, signal);
    }),
  );
  await pool.end();
};
