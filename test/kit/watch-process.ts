/**
 * `airglow watch` in a process of its own, to be killed: tsx watch-process.ts FOLDER INTERVAL_MS, the URL in
 * AIRGLOW_URL. Prints one line of JSON when it listens; ends cleanly at SIGTERM.
 */
import { runWatch } from '../../src/daemon/watch.ts';

const [dataDir = '', intervalMs = '1000'] = process.argv.slice(2);
const watch = await runWatch({
  targets: [{ name: 'db', url: process.env['AIRGLOW_URL'] ?? '' }],
  listen: { host: '127.0.0.1', port: 0 },
  dataDir,
  intervalMs: Number(intervalMs),
  retentionDays: 7,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ url: watch.url })}\n`);
process.once('SIGTERM', () => void watch.stop());
