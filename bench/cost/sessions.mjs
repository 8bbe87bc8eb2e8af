// Holds many sessions: idle ones that have run a statement, or active ones that sleep in it. Says "ready", ends on EOF.
import pg from 'pg';

const { url, count, isActive } = JSON.parse(process.env.AIRGLOW_BENCH);
const clients = [];
while (clients.length < count) {
  const batch = Array.from({ length: Math.min(20, count - clients.length) }, async () => {
    const client = new pg.Client({ connectionString: url, application_name: `app-${clients.length % 7}` });
    client.on('error', () => {});
    await client.connect();
    // A text of usual length: reading the sessions costs by it.
    await client.query(`select ${Array.from({ length: 60 }, (_, i) => `${i} as column_${i}`).join(', ')}`);
    return client;
  });
  clients.push(...(await Promise.all(batch)));
}
if (isActive)
  for (const client of clients) client.query('select pg_sleep(3600) /* active */').catch(() => {});
console.log('ready');
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
