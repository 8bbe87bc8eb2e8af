import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** TCP packets on the loopback device to and from one port that carry payload or open or close a connection. */
function packetFilter(port: number): string {
  const payloadBytes = '(ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2))';
  return `tcp port ${port} and (${payloadBytes} != 0 or tcp[tcpflags] & (tcp-syn | tcp-fin | tcp-rst) != 0)`;
}

export interface Capture {
  /** Stops capturing and returns the file, which the caller removes with `dispose`. */
  stop(): Promise<{
    readonly path: string;
    readonly bytes: number;
    readonly dropped: number;
    dispose(): void;
  }>;
}

/** Why packets cannot be captured here, or null. */
export function whyNoCapture(): string | null {
  if (spawnSync('tcpdump', ['--version']).error) return 'tcpdump is not installed';
  if (process.getuid?.() !== 0) return 'capturing packets needs root';
  return null;
}

/** Captures with kernel timestamps; resolves once tcpdump listens. */
export async function startCapture(port: number): Promise<Capture> {
  const folder = mkdtempSync(join(tmpdir(), 'airglow-capture-'));
  const path = join(folder, 'capture.pcap');
  const child = spawn(
    'tcpdump',
    ['-i', 'lo', '-n', '-s', '256', '-B', '65536', '-Z', 'root', '-w', path, packetFilter(port)],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`tcpdump ended: ${said}`)));
    child.stderr.on('data', (data: Buffer) => {
      said += data.toString();
      if (said.includes('listening on')) resolve();
    });
  });
  return {
    async stop() {
      child.kill('SIGINT');
      await exited;
      const dropped = Number(/(\d+) packets? dropped by kernel/.exec(said)?.[1] ?? 0);
      return {
        path,
        bytes: statSync(path).size,
        dropped,
        dispose: () => rmSync(folder, { recursive: true }),
      };
    },
  };
}
