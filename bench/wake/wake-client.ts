import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromClient, ToClient, Way } from './client-messages.ts';
import type { Addresses } from './sleepy.ts';

const SCRIPT = join(import.meta.dirname, 'client-process.ts');

/** The client in its own process, with an idle connection of each kind. */
export class WakeClient {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async connect(addresses: Addresses): Promise<WakeClient> {
    const client = new WakeClient(fork(SCRIPT, [], { execArgv: ['--import', 'tsx'] }));
    try {
      await client.#call({ kind: 'connect', addresses });
      return client;
    } catch (error) {
      client.#child.kill('SIGKILL');
      throw error;
    }
  }

  /** Milliseconds until the answer. */
  async ask(way: Way, delayMs: number): Promise<number> {
    const answer = await this.#call({ kind: 'ask', way, delayMs });
    return answer.kind === 'answered' ? answer.tookMs : Number.NaN;
  }

  async end(): Promise<void> {
    const exited = once(this.#child, 'exit');
    await this.#call({ kind: 'end' }).catch(() => {});
    if (this.#child.connected) this.#child.disconnect();
    await exited;
  }

  #call(message: ToClient): Promise<FromClient> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#child.off('message', onMessage);
        this.#child.off('exit', onExit);
        act();
      };
      const onMessage = (answer: FromClient): void =>
        settle(() =>
          answer.kind === 'failed' ? reject(new Error(`The client: ${answer.message}`)) : resolve(answer),
        );
      const onExit = (): void => settle(() => reject(new Error('The client has ended.')));
      this.#child.on('message', onMessage);
      this.#child.on('exit', onExit);
      this.#child.send(message);
    });
  }
}
