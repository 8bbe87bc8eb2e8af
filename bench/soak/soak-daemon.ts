import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sentinelFiles } from '../../src/sentinel/sentinel-files.ts';
import { listenerOf } from '../load/socket-owner.ts';
import type { FromDaemon, ToDaemon } from './daemon-messages.ts';

const SCRIPT = join(import.meta.dirname, 'daemon-process.ts');
const LAST_WORDS = 40;

type Ready = Extract<FromDaemon, { readonly kind: 'ready' }>;

/** The daemon of the soak, killed and started again, and its sentinel. */
export class SoakDaemon {
  /** How often each kind of event of the database was told. */
  readonly events = new Map<string, number>();
  readonly lastLines: string[] = [];
  readonly #stateDir: string;
  #child: ChildProcess | null = null;
  #isDirect = false;
  #hasEnded = false;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  get sentinelPid(): number | null {
    return listenerOf(sentinelFiles(this.#stateDir).socket);
  }

  async start(): Promise<Ready> {
    // In a group of its own: Ctrl-C is for us, who delete its database.
    const options = { execArgv: ['--import', 'tsx'], detached: true, silent: true };
    const child = fork(SCRIPT, [this.#stateDir], options);
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => this.#keep(bytes.toString()));
    child.on('message', (message: FromDaemon) => {
      if (message.kind !== 'event') return;
      this.events.set(message.event, (this.events.get(message.event) ?? 0) + 1);
      this.#keep(`${message.event}: ${message.message}`);
    });
    const ready = await this.#until('ready');
    this.pauseDirectly(this.#isDirect);
    return ready;
  }

  /** Also of the daemons to come. */
  pauseDirectly(isDirect: boolean): void {
    this.#isDirect = isDirect;
    this.#tell({ kind: 'pausing', isDirect });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  killSentinel(): boolean {
    const pid = this.sentinelPid;
    if (pid === null) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  }

  async stopDatabase(): Promise<void> {
    this.#tell({ kind: 'stop' });
    await this.#until('stopped');
  }

  /** Deletes the database; a daemon that was killed is started once more for it. No error the second time. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#child === null || this.#child.exitCode !== null) await this.start();
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const exited = once(child, 'exit');
    child.send({ kind: 'end' } satisfies ToDaemon);
    await exited;
  }

  #until<K extends FromDaemon['kind']>(kind: K): Promise<Extract<FromDaemon, { readonly kind: K }>> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromDaemon): void => {
        if (message.kind !== kind) return;
        child?.off('message', onMessage);
        resolve(message as Extract<FromDaemon, { readonly kind: K }>);
      };
      child?.on('message', onMessage);
      child?.once('exit', () => reject(new Error(`The daemon has ended:\n${this.lastLines.join('\n')}`)));
    });
  }

  #tell(message: ToDaemon): void {
    if (this.#child?.connected === true) this.#child.send(message);
  }

  #keep(text: string): void {
    this.lastLines.push(...text.trimEnd().split('\n'));
    this.lastLines.splice(0, this.lastLines.length - LAST_WORDS);
  }
}
