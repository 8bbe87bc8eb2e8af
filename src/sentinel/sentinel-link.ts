import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { LineChannel } from './line-channel.ts';
import { BEAT_MS, PROTOCOL, SILENCE_MS } from './protocol.ts';
import type { Guarded, Order, Outcome, Report } from './protocol.ts';

export type Woken = Extract<Report, { readonly kind: 'woken' }>;
/** Counted, not timed: after this process itself has stood still for a while, nobody was silent for that. */
const MOST_SILENT_BEATS = SILENCE_MS / BEAT_MS + 1;
type Hello = Extract<Report, { readonly kind: 'hello' }>;

export interface LinkOptions {
  readonly socketPath: string;
  readonly version: string;
  readonly onWoken: (woken: Woken) => void;
  /** It ended, or was silent for too long; not told where we closed the link. */
  readonly onLost: (why: string) => void;
}

/** A daemon's connection with its sentinel. */
export class SentinelLink {
  readonly hello: Hello;
  readonly #options: LinkOptions;
  readonly #channel: LineChannel<Report, Order>;
  readonly #calls = new Map<number, (outcome: Outcome) => void>();
  readonly #timer: NodeJS.Timeout;
  #nextCall = 1;
  #silentBeats = 0;
  #isClosed = false;

  /** Null where nobody answers there, or nobody that understands us. */
  static async open(options: LinkOptions): Promise<SentinelLink | null> {
    const socket = await connectTo(options.socketPath);
    if (socket === null) return null;
    return new Promise((resolve) => {
      let link: SentinelLink | null = null;
      const patience = setTimeout(() => socket.destroy(), SILENCE_MS);
      const channel: LineChannel<Report, Order> = new LineChannel<Report, Order>(
        socket,
        (report) => {
          if (link === null && report.kind === 'hello') {
            clearTimeout(patience);
            link = new SentinelLink(options, channel, report);
            resolve(link);
          } else link?.hear(report);
        },
        () => {
          clearTimeout(patience);
          link?.lost('it ended');
          resolve(null);
        },
      );
      const { version } = options;
      channel.send({ kind: 'hello', protocol: PROTOCOL, version, pid: process.pid });
    });
  }

  private constructor(options: LinkOptions, channel: LineChannel<Report, Order>, hello: Hello) {
    this.#options = options;
    this.#channel = channel;
    this.hello = hello;
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
    channel.unref();
  }

  /** Whether it is of our own version; another one is sent away. */
  get understandsUs(): boolean {
    return this.hello.protocol === PROTOCOL && this.hello.version === this.#options.version;
  }

  guard(guarded: Guarded): Promise<Outcome> {
    return this.#call((call) => ({ kind: 'guard', call, guarded }));
  }

  forget(id: string): Promise<Outcome> {
    return this.#call((call) => ({ kind: 'forget', call, id }));
  }

  pause(id: string, resumeAcu: number): Promise<Outcome> {
    return this.#call((call) => ({ kind: 'pause', call, id, resumeAcu }));
  }

  wake(id: string): Promise<Outcome> {
    return this.#call((call) => ({ kind: 'wake', call, id }));
  }

  /** It thaws everything and ends; resolves when it has, or is silent. */
  async sendAway(): Promise<void> {
    this.#channel.send({ kind: 'exit' });
    const patienceEndsAt = performance.now() + SILENCE_MS;
    while (!this.#isClosed && performance.now() < patienceEndsAt)
      await new Promise((resolve) => setTimeout(resolve, 10));
    this.close();
  }

  /** Leaves it to itself. */
  close(): void {
    this.#end('the link was closed');
    this.#channel.close();
  }

  /** For the channel. */
  hear(report: Report): void {
    this.#silentBeats = 0;
    if (report.kind === 'woken') this.#options.onWoken(report);
    if (report.kind !== 'done') return;
    this.#calls.get(report.call)?.(report.outcome);
    this.#calls.delete(report.call);
  }

  /** For the channel. */
  lost(why: string): void {
    if (this.#end(why)) this.#options.onLost(why);
  }

  #call(order: (call: number) => Order): Promise<Outcome> {
    if (this.#isClosed) return Promise.resolve({ kind: 'failed', message: 'the sentinel is gone' });
    const call = this.#nextCall++;
    return new Promise((resolve) => {
      this.#calls.set(call, resolve);
      this.#channel.send(order(call));
    });
  }

  #beat(): void {
    this.#channel.send({ kind: 'beat' });
    if (++this.#silentBeats <= MOST_SILENT_BEATS) return;
    this.lost(`it was silent for ${SILENCE_MS / 1000} s`);
    this.#channel.close();
  }

  /** False where it was over already. */
  #end(why: string): boolean {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const resolve of this.#calls.values()) resolve({ kind: 'failed', message: why });
    this.#calls.clear();
    return true;
  }
}

/** Null where nobody listens. */
function connectTo(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}
