import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { LineChannel } from './line-channel.ts';
import { BEAT_MS, SILENCE_MS } from './protocol.ts';
import type { Order, Report } from './protocol.ts';
import type { Sentinel } from './sentinel.ts';

/** How often a sentinel without a daemon looks whether there is anything left to do. */
const LOOK_MS = 5_000;
/** Counted, not timed: after this process itself has stood still for a while, nobody was silent for that. */
const MOST_SILENT_BEATS = SILENCE_MS / BEAT_MS;

export interface ServeOptions {
  readonly sentinel: Sentinel;
  readonly socketPath: string;
  /** Everything ends with the daemon: for demonstrations and tests. */
  readonly endsWithDaemon: boolean;
  readonly log: (line: string) => void;
}

/** Listens for the daemon, and notices when it is not there any more. Resolves when there is nothing left to do. */
export class SentinelServer {
  readonly #options: ServeOptions;
  readonly #server: Server;
  #channel: LineChannel<Order, Report> | null = null;
  #silentBeats = 0;
  #lookedAtMs = performance.now();
  #isLifted = false;
  #end: () => void = () => {};
  readonly ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  readonly #timer: NodeJS.Timeout;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS);
  }

  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    rmSync(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      // The socket appears within this call, and there is no moment in which others may open it.
      const before = process.umask(0o177);
      this.#server.listen(socketPath, resolve);
      process.umask(before);
    });
    chmodSync(socketPath, 0o600);
  }

  /** Leaves nothing frozen. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#server.close();
    await this.#options.sentinel.close();
    this.#channel?.close();
    rmSync(this.#options.socketPath, { force: true });
  }

  /** The newest daemon counts: only one can hold the state folder. */
  #accept(socket: Socket): void {
    const channel: LineChannel<Order, Report> = new LineChannel<Order, Report>(
      socket,
      (order) => void this.#hear(channel, order),
      () => this.#closed(channel),
    );
  }

  async #hear(channel: LineChannel<Order, Report>, order: Order): Promise<void> {
    const { sentinel } = this.#options;
    if (order.kind === 'hello') {
      this.#channel?.close();
      this.#channel = channel;
      sentinel.listener = (report) => channel.send(report);
      channel.send(sentinel.hello());
    }
    if (channel !== this.#channel) return;
    this.#silentBeats = 0;
    if (this.#isLifted) sentinel.followed();
    this.#isLifted = false;
    if (order.kind === 'exit') this.#end();
    else if ('call' in order) {
      const outcome = await sentinel.obey(order);
      channel.send({ kind: 'done', call: order.call, outcome });
    }
  }

  #closed(channel: LineChannel<Order, Report>): void {
    if (channel !== this.#channel) return;
    this.#channel = null;
    this.#options.sentinel.listener = null;
    if (this.#options.endsWithDaemon) this.#end();
  }

  async #beat(): Promise<void> {
    const nowMs = performance.now();
    this.#channel?.send({ kind: 'beat' });
    if (++this.#silentBeats >= MOST_SILENT_BEATS && !this.#isLifted) {
      this.#isLifted = true;
      this.#options.log('The daemon is silent: every database has its maximum until it is back.');
      await this.#options.sentinel.liftAll('the daemon is silent');
    }
    if (this.#channel !== null || nowMs - this.#lookedAtMs < LOOK_MS) return;
    this.#lookedAtMs = nowMs;
    if (!this.#options.sentinel.hasWards) this.#end();
  }
}
