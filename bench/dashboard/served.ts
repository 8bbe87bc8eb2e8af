import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Served {
  readonly url: string;
  readonly token: string;
  /** In the record. */
  readonly rows: number;
  stop(): Promise<void>;
}

/** Fills the folder, which takes minutes, and serves it. */
export async function serveHistory(folder: string, rows: number, days: number): Promise<Served> {
  const program = join('bench', 'dashboard', 'serve.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder, String(rows), String(days)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let said = '';
  const line = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (said.includes('\n')) resolve(said);
    });
    child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}`)));
  });
  const facts = JSON.parse(await line) as Omit<Served, 'stop'>;
  return {
    ...facts,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
