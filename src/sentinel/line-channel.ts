import type { Socket } from 'node:net';

/** A line that is longer is garbage. */
const MOST_CHARACTERS = 1_000_000;

/** Objects as lines of JSON over a socket; what is none ends the connection. */
export class LineChannel<Incoming, Outgoing> {
  readonly #socket: Socket;
  #rest = '';

  constructor(socket: Socket, onMessage: (message: Incoming) => void, onClose: () => void) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text, onMessage));
    // The end follows.
    socket.on('error', () => {});
    socket.once('close', onClose);
  }

  send(message: Outgoing): void {
    if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(message)}\n`);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** It keeps no process alive. */
  unref(): void {
    this.#socket.unref();
  }

  #take(text: string, onMessage: (message: Incoming) => void): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MOST_CHARACTERS) this.close();
    for (const line of lines) {
      const message = objectOf(line);
      if (message === null) {
        this.close();
        return;
      }
      onMessage(message as Incoming);
    }
  }
}

function objectOf(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'kind' in value ? value : null;
  } catch {
    return null;
  }
}
