import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { TakeDown } from '../load/take-down.ts';
import type { Addresses } from '../wake/sleepy.ts';
import { checkRows, endAndCheck } from './aftermath.ts';
import { fewestDescriptors, grown } from './descriptors.ts';
import { Faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { SoakClients } from './soak-clients.ts';
import { SoakDaemon } from './soak-daemon.ts';

const USAGE = `npm run soak -- pause [--minutes 10] [--clients 6] [--seed 1]
One real database, paused as often as it goes: most of the time whenever nobody is in the middle of something, now and then
by itself when it was quiet. Clients come and go over TCP and Unix sockets, stay idle in transactions, and are killed; so are
the sentinel, the daemon, and both at once. It must end with no query left without an answer for 30 s, no committed row lost,
no descriptor leaked, nothing frozen and nothing left behind. Needs root and cgroups.`;

const BUSY_MS = 40_000;
const QUIET_MS = 6_000;
const PROGRESS_EVERY_MS = 10_000;
/** The last part, without kills, shows whether descriptors leak. */
const CALM_SHARE = 0.2;

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '10' },
      clients: { type: 'string', default: '6' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const takeDown = new TakeDown();
  try {
    const stateDir = mkdtempSync(join(tmpdir(), 'ag-soak-'));
    takeDown.add(() => rmSync(stateDir, { recursive: true, force: true }));
    // The database's user passes through it.
    chmodSync(stateDir, 0o711);
    const soak = await PauseSoak.open(stateDir, takeDown, Number(values.clients), Number(values.seed));
    await soak.play(Number(values.minutes) * 60_000);
    const wrong = await soak.end();
    soak.print(wrong);
    if (wrong.length > 0) process.exitCode = 1;
  } finally {
    await takeDown.run();
  }
}

class PauseSoak {
  readonly #stateDir: string;
  readonly #daemon: SoakDaemon;
  readonly #clients: SoakClients;
  readonly #ledger: Ledger;
  readonly #faults: Faults;
  readonly #addresses: Addresses;
  readonly #id: string;
  readonly #startedMs = performance.now();
  readonly #leaks: string[] = [];

  private constructor(
    stateDir: string,
    daemon: SoakDaemon,
    { addresses, id }: Awaited<ReturnType<SoakDaemon['start']>>,
    clients: number,
    seed: number,
  ) {
    this.#stateDir = stateDir;
    this.#daemon = daemon;
    this.#addresses = addresses;
    this.#id = id;
    this.#ledger = new Ledger();
    this.#clients = new SoakClients(addresses, this.#ledger, clients, seed);
    this.#faults = new Faults(daemon, this.#clients, seed);
  }

  static async open(stateDir: string, takeDown: TakeDown, clients: number, seed: number): Promise<PauseSoak> {
    const daemon = new SoakDaemon(stateDir);
    takeDown.add(() => daemon.end());
    const ready = await daemon.start();
    await ask(ready.addresses.tcp, 'create table kept (id int)');
    return new PauseSoak(stateDir, daemon, ready, clients, seed);
  }

  async play(durationMs: number): Promise<void> {
    const progress = setInterval(() => console.log(this.#progress()), PROGRESS_EVERY_MS);
    await this.#alternate(durationMs * (1 - CALM_SHARE));
    await this.#faults.stop();
    const before = await this.#descriptors();
    await this.#alternate(durationMs * CALM_SHARE);
    const after = await this.#descriptors();
    for (const [who, counts] of after) {
      const more = grown(before.get(who) ?? new Map(), counts);
      if (more.length > 0) this.#leaks.push(`descriptors of the ${who}: ${more.join(', ')}`);
    }
    clearInterval(progress);
  }

  /** Each line is something wrong. */
  async end(): Promise<string[]> {
    this.#daemon.pauseDirectly(false);
    await this.#clients.end();
    return [
      ...this.#faults.failures,
      ...this.#clients.hung,
      ...this.#leaks,
      ...(await checkRows(this.#addresses.tcp, this.#ledger)),
      ...(await endAndCheck(this.#daemon, this.#stateDir, this.#id)),
    ];
  }

  print(wrong: readonly string[]): void {
    console.log(`\n${this.#progress()}`);
    for (const [message, times] of this.#clients.refused) console.log(`refused ${times} times: ${message}`);
    for (const [event, times] of this.#daemon.events) console.log(`event ${event}: ${times}`);
    for (const line of wrong) console.log(`WRONG: ${line}`);
    console.log(wrong.length === 0 ? 'Nothing is wrong.' : this.#daemon.lastLines.join('\n'));
    const { sentinels, daemons, both } = this.#faults;
    const kills = { clients: this.#clients.kills, sentinels, daemons, both };
    const { sessions, answered } = this.#clients;
    const events = Object.fromEntries(this.#daemon.events);
    const refused = Object.fromEntries(this.#clients.refused);
    const rows = this.#ledger.committed;
    console.log(JSON.stringify({ soak: 'pause', events, sessions, answered, refused, rows, kills, wrong }));
  }

  async #alternate(durationMs: number): Promise<void> {
    const endsAtMs = performance.now() + durationMs;
    const stay = (ms: number): Promise<void> =>
      sleep(Math.max(0, Math.min(ms, endsAtMs - performance.now())));
    while (performance.now() < endsAtMs) {
      this.#daemon.pauseDirectly(true);
      await stay(BUSY_MS);
      this.#daemon.pauseDirectly(false);
      this.#clients.beQuiet();
      await stay(QUIET_MS);
      this.#clients.goOn();
    }
  }

  /** Of daemon and sentinel while nobody says anything and the database is awake. */
  async #descriptors(): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
    this.#daemon.pauseDirectly(false);
    this.#clients.beQuiet();
    const looks = { daemon: this.#daemon.pid, sentinel: this.#daemon.sentinelPid };
    const asking = setInterval(() => void ask(this.#addresses.tcp, 'select 1').catch(() => {}), 300);
    const counts = await Promise.all(
      Object.entries(looks).map(async ([who, pid]) => [who, await fewestDescriptors(pid ?? 0)] as const),
    );
    clearInterval(asking);
    this.#clients.goOn();
    return new Map(counts);
  }

  #progress(): string {
    const { events, sentinelPid } = this.#daemon;
    const count = (event: string): number => events.get(event) ?? 0;
    const { sessions, answered, refused, hung, kills } = this.#clients;
    const { sentinels, daemons, both } = this.#faults;
    const sum = [...refused.values()].reduce((total, times) => total + times, 0);
    return (
      `${((performance.now() - this.#startedMs) / 1000).toFixed(0)} s: ${count('paused')} pauses, ${count('resumed')} wakes, ` +
      `${count('pause-cancelled')} cancelled; ${sessions} sessions, ${answered} answers, ${sum} refused, ${hung.length} hung, ` +
      `${this.#ledger.committed} rows; killed ${kills} clients, ${sentinels} sentinels, ${daemons} daemons, ${both} times both; ` +
      (sentinelPid === null ? 'no sentinel' : 'a sentinel')
    );
  }
}

async function ask(connectionString: string, query: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  await client.query(query);
  await client.end();
}
