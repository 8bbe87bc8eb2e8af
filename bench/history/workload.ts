import {
  CPU_RUNNING,
  CPU_WAITING,
  type LoadTick,
  PAGE_FAULT,
  type Tuple,
  type WeightedSample,
} from '../../src/load/model.ts';

export const SESSIONS = 32;
const DIGESTS = 500;
const HOSTS = 50;
const CONNECTIONS = 200;
const DIGESTS_PER_APPLICATION = 150;
const USERS = ['shop', 'billing', 'reports', 'admin'];
const DATABASES = ['shop', 'billing', 'warehouse'];
const APPLICATIONS = ['web', 'api', 'worker', 'billing', 'reports', 'etl', 'psql'];
const LOCK_WAIT = 'Lock:transactionid';
const WAITS = [
  ...[
    'IO:DataFileRead',
    'IO:DataFileWrite',
    'IO:DataFileExtend',
    'IO:WALWrite',
    'IO:WALSync',
    'IO:BufFileRead',
  ],
  ...[
    'IO:BufFileWrite',
    'LWLock:WALWrite',
    'LWLock:BufferContent',
    'LWLock:BufferMapping',
    'LWLock:LockManager',
  ],
  ...['LWLock:ProcArray', 'LWLock:WALInsert', 'Client:ClientWrite', 'Client:ClientRead', 'IPC:SyncRep'],
  ...['IPC:ExecuteGather', 'IPC:BgWorkerShutdown', 'Timeout:SpinDelay', 'Lock:tuple', LOCK_WAIT, PAGE_FAULT],
];

interface Connection {
  readonly profile: Pick<Tuple, 'db.user' | 'db.host' | 'db.name' | 'db.application' | 'db.session_type'>;
  readonly digests: readonly number[];
}

interface Running {
  connection: Connection;
  digest: number;
  ticksLeft: number;
}

/**
 * What a kernel view would record of 32 sessions that are always active: one to three rows per session and tick (on CPU,
 * waiting for CPU, waiting for something else), whole milliseconds that add up to the tick. Statements are drawn by
 * Zipf's law, each with the few waits that are typical of it; 2 % of the sessions wait for a lock.
 */
export class Workload {
  readonly #random: () => number;
  readonly #connections: readonly Connection[];
  readonly #running: Running[];
  readonly #tuples = new Map<string, Tuple>();
  #tickCount = 0;

  constructor(seed = 7) {
    this.#random = randomFrom(seed);
    this.#connections = this.#makeConnections();
    this.#running = Array.from({ length: SESSIONS }, () => this.#start());
  }

  tick(atMs: number): LoadTick {
    this.#tickCount++;
    const samples = this.#running.flatMap((running, slot) => {
      if (running.ticksLeft-- <= 0) this.#running[slot] = this.#start();
      return this.#samplesOf(this.#running[slot]!);
    });
    const noise = this.#random();
    return {
      atMs: atMs + Math.floor(noise * 4),
      durationMs: 1000,
      source: 'kernel',
      state: 'observed',
      samples,
      activeTimeMs: 31_000 + noise * 900,
      thinning: 1,
      hiddenShare: 0,
      cost: { agentCpuMs: 1 + noise, backendCpuMs: 2 + noise, tickMs: 4 + 3 * noise, lagMs: noise },
    };
  }

  #samplesOf({ connection, digest }: Running): WeightedSample[] {
    const shape = this.#random();
    const wait = this.#waitOf(digest);
    if (shape < 0.35) return [this.#sample(connection, digest, CPU_RUNNING, 1000)];
    if (shape < 0.6) return [this.#sample(connection, digest, wait, 1000)];
    const runningMs = 1 + Math.floor(this.#random() ** 2 * 900);
    const second = shape < 0.7 ? CPU_WAITING : wait;
    if (shape < 0.9)
      return [
        this.#sample(connection, digest, CPU_RUNNING, runningMs),
        this.#sample(connection, digest, second, 1000 - runningMs),
      ];
    const queuedMs = 1 + Math.floor(this.#random() * (998 - runningMs));
    return [
      this.#sample(connection, digest, CPU_RUNNING, runningMs),
      this.#sample(connection, digest, CPU_WAITING, queuedMs),
      this.#sample(connection, digest, wait, 1000 - runningMs - queuedMs),
    ];
  }

  #sample({ profile }: Connection, digest: number, wait: string, weightMs: number): WeightedSample {
    const isBlocked = wait === LOCK_WAIT;
    // The head of a lock queue is another one every few minutes.
    const epoch = Math.floor(this.#tickCount / 300);
    const blocker = isBlocked ? `${4000 + ((epoch * 37) % 997)}@${1_795_000_000 + epoch}` : '';
    const blocking = {
      'db.blocking_session': blocker,
      'db.blocking_sql': isBlocked ? digestId(epoch % DIGESTS) : '',
    };
    const make = (): Tuple => ({
      ...profile,
      'db.wait_event': wait,
      'db.sql_tokenized': digestId(digest),
      ...blocking,
    });
    // The others come again and again; these would only fill the memory.
    if (isBlocked) return { activity: 'active', tuple: make(), weightMs };
    const key = `${profile['db.host']}/${profile['db.application']}/${profile['db.user']}/${profile['db.name']}/${digest}/${wait}`;
    let tuple = this.#tuples.get(key);
    if (!tuple) this.#tuples.set(key, (tuple = make()));
    return { activity: 'active', tuple, weightMs };
  }

  #waitOf(digest: number): string {
    if (this.#random() < 0.02) return LOCK_WAIT;
    const typical = 1 + (digest % 4);
    return WAITS[(digest * 7 + Math.floor(this.#random() ** 2 * typical) * 5) % WAITS.length]!;
  }

  #start(): Running {
    const connection = this.#connections[Math.floor(this.#random() * CONNECTIONS)]!;
    const rank = zipf(this.#random(), connection.digests.length);
    const digest = connection.digests[rank]!;
    const isLong = digest % 20 === 0;
    return { connection, digest, ticksLeft: Math.floor(-Math.log(1 - this.#random()) * (isLong ? 60 : 2)) };
  }

  #makeConnections(): Connection[] {
    return Array.from({ length: CONNECTIONS }, (_, number) => {
      const host = number % HOSTS;
      const application = host % APPLICATIONS.length;
      const digests = Array.from(
        { length: DIGESTS_PER_APPLICATION },
        (__, i) => (application * 61 + i * 3) % DIGESTS,
      );
      const profile = {
        'db.user': USERS[application % USERS.length]!,
        'db.host': `10.0.${host % 5}.${10 + host}`,
        'db.name': DATABASES[(application + (number % 2)) % DATABASES.length]!,
        'db.application': APPLICATIONS[application]!,
        'db.session_type': number % 17 === 0 ? 'parallel worker' : 'client backend',
      };
      return { profile, digests };
    });
  }
}

export function digestId(number: number): string {
  return (0x9e37_79b9n * BigInt(number + 1)).toString(16).padStart(16, '0');
}

/** Ranks from 0, the first ones most often. */
function zipf(uniform: number, count: number): number {
  return Math.min(count - 1, Math.floor((count + 1) ** uniform) - 1);
}

/** Numbers from 0 to 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
