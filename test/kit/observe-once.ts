/** A program of its own: prints which view it has of the database in AIRGLOW_URL, and why. */
import { record } from './observe.ts';

const recording = record({ url: process.env['AIRGLOW_URL'] ?? '' });
try {
  await recording.ticks(1);
  const { source, sourceReason } = recording.observer.status();
  process.stdout.write(JSON.stringify({ source, sourceReason }));
} finally {
  await recording.stop();
}
