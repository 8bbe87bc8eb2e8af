import { execFile, spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { RunningPostgres } from '../src/cluster/server.ts';
import { startTestPostgres } from '../test/kit/postgres.ts';

const USAGE = `npm run bench -- cost [--seconds 30] [--connections 50,500,1000] [--targets 100]
What observing costs: CPU of this program and of the server process that answers it, and memory. Ticks of 1 s.`;
/** The engine compiles what runs often, and that takes a while at one tick a second. */
const WARM_UP_SECONDS = 25;
const runFile = promisify(execFile);
const folder = join(import.meta.dirname, 'cost');

interface Cost {
  readonly agentPercent: number;
  readonly backendPercent: number;
}

interface ObserverCost extends Cost {
  readonly ticks: number;
  readonly aas: number;
  readonly source: string;
  readonly tickMsP50: number;
  readonly tickMsP99: number;
  readonly thinning: number;
  readonly rssMb: number;
}

interface Row {
  readonly connections: number;
  readonly state: string;
  readonly targets: number;
  readonly observer: ObserverCost;
  /** The sampler that copies pg_stat_activity into a table; null where it was not run. */
  readonly table: Cost | null;
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '30' },
      connections: { type: 'string', default: '50,500,1000' },
      targets: { type: 'string', default: '100' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  await runFile('npm', ['run', '--silent', 'build'], { cwd: join(import.meta.dirname, '..') });
  const seconds = Number(values.seconds);
  const server = await startTestPostgres({ settings: { max_connections: 1300, autovacuum: 'off' } });
  const rows: Row[] = [];
  try {
    printHeader();
    for (const connections of values.connections.split(',').map(Number)) {
      for (const isActive of [false, true]) {
        rows.push(
          await withSessions(server, connections, isActive, () =>
            measure(server, connections, isActive, seconds),
          ),
        );
        printRow(rows.at(-1) as Row);
      }
    }
    const targets = Number(values.targets);
    if (targets > 0) {
      const observer = await observe(
        Array.from({ length: targets }, () => server.url),
        seconds,
      );
      rows.push({ connections: targets, state: 'idle', targets, observer, table: null });
      printRow(rows.at(-1) as Row);
    }
  } finally {
    await server.stop('immediate');
  }
  console.log(JSON.stringify({ bench: 'cost', date: new Date().toISOString(), cores: cpus().length, rows }));
}

async function measure(
  server: RunningPostgres,
  connections: number,
  isActive: boolean,
  seconds: number,
): Promise<Row> {
  const observer = await observe([server.url], seconds);
  const table = await runChild<Cost>('table-sampler.mjs', { urls: [server.url], warmUpSeconds: 3, seconds });
  return { connections, state: isActive ? 'active' : 'idle', targets: 1, observer, table };
}

function observe(urls: readonly string[], seconds: number): Promise<ObserverCost> {
  return runChild('observe.mjs', { urls, intervalMs: 1_000, warmUpSeconds: WARM_UP_SECONDS, seconds });
}

/** Addresses hold a password, so they travel in the environment. */
async function runChild<T>(script: string, input: object): Promise<T> {
  const env = { ...process.env, AIRGLOW_BENCH: JSON.stringify(input) };
  const { stdout } = await runFile(process.execPath, [join(folder, script)], { env, maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as T;
}

async function withSessions<T>(
  server: RunningPostgres,
  count: number,
  isActive: boolean,
  act: () => Promise<T>,
): Promise<T> {
  const env = { ...process.env, AIRGLOW_BENCH: JSON.stringify({ url: server.url, count, isActive }) };
  const child = spawn(process.execPath, [join(folder, 'sessions.mjs')], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.on('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the sessions could not be opened')));
  });
  try {
    return await act();
  } finally {
    child.stdin.end();
    await exited;
    // Sessions asleep in a statement do not notice that their client has gone.
    await server.restart('immediate');
  }
}

function printHeader(): void {
  console.log(
    'connections state  targets   agent  backend     sum   tick p50   tick p99     RSS   table sampler   ratio',
  );
}

function printRow({ connections, state, targets, observer, table }: Row): void {
  const sum = observer.agentPercent + observer.backendPercent;
  const other = table === null ? null : table.agentPercent + table.backendPercent;
  console.log(
    [
      String(connections).padStart(11),
      state.padEnd(6),
      String(targets).padStart(7),
      percent(observer.agentPercent),
      percent(observer.backendPercent).padStart(8),
      percent(sum),
      `${observer.tickMsP50.toFixed(1)} ms`.padStart(10),
      `${observer.tickMsP99.toFixed(1)} ms`.padStart(10),
      `${observer.rssMb.toFixed(0)} MB`.padStart(7),
      (other === null ? '' : percent(other)).padStart(15),
      (other === null ? '' : (sum / other).toFixed(2)).padStart(7),
    ].join(' '),
  );
}

function percent(value: number): string {
  return `${value.toFixed(2)}%`.padStart(7);
}
