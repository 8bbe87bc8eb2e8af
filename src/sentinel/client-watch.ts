import { ClientSockets, SocketsForbidden } from '../kernel/sockets/client-sockets.ts';
import type { ServerSocket } from '../kernel/sockets/client-sockets.ts';
import { foreignDescriptors } from '../kernel/sockets/foreign-descriptors.ts';
import { openReadinessSet } from '../kernel/sockets/readiness.ts';
import type { ReadinessSet } from '../kernel/sockets/readiness.ts';
import { streamSockets } from '../kernel/sockets/stream-socket.ts';
import { isWaitHidden, waitsToRead } from '../kernel/sockets/wait-set.ts';
import { hasPendingSignal } from '../kernel/pending-signals.ts';
import { readProcessStat } from '../kernel/process-reader.ts';
import type { Guarded, PauseRefusal, WakeCause } from './protocol.ts';

/** What a descriptor in the set is. */
type Member =
  | { readonly kind: 'listener'; readonly descriptor: number }
  | { readonly kind: 'client'; readonly descriptor: number; readonly pid: number }
  /** Becomes readable when the postmaster ends. */
  | { readonly kind: 'postmaster'; readonly descriptor: number };

/** Sockets of a frozen server, watched for the first byte. Nothing here touches the server itself. */
export class ClientWatch {
  readonly #sockets: ClientSockets;
  readonly #set: ReadinessSet;
  readonly #members: Member[] = [];

  private constructor(sockets: ClientSockets, set: ReadinessSet) {
    this.#sockets = sockets;
    this.#set = set;
  }

  /**
   * To be called while all processes stand still. A byte that a backend has received already will be announced by
   * nobody: so every backend that has a client must be seen waiting for it, or the pause is refused.
   */
  static over({ port, postmaster }: Guarded, pids: readonly number[]): ClientWatch | PauseRefusal {
    const [sockets, set] = [ClientSockets.of(port), openReadinessSet()];
    if (sockets === null || set === null) return forbidden('the foreign-function library does not run here');
    const watch = new ClientWatch(sockets, set);
    try {
      const refusal = watch.#takeAll(postmaster.pid, pids) ?? watch.#alreadyReady();
      if (refusal === null) return watch;
      watch.close();
      return refusal;
    } catch (error) {
      watch.close();
      if (error instanceof SocketsForbidden) return forbidden(error.message);
      throw error;
    }
  }

  /** To be put into the set of all databases. */
  get descriptor(): number {
    return this.#set.descriptor;
  }

  /** What arrived; null where nothing did, after all. */
  cause(): WakeCause | null {
    const members = this.#set.ready().flatMap((key) => this.#members[key] ?? []);
    const causes = members.map((member) => this.#causeOf(member));
    // Of what came in the same instant, somebody who wants something counts more than one who goes.
    return causes.find(({ kind }) => kind !== 'disconnect') ?? causes[0] ?? null;
  }

  /** A duplicate that stays open would keep the port bound, and connections open. */
  close(): void {
    for (const { descriptor } of this.#members) {
      this.#set.remove(descriptor);
      foreignDescriptors()?.close(descriptor);
    }
    this.#members.length = 0;
    this.#set.close();
  }

  #takeAll(postmasterPid: number, pids: readonly number[]): PauseRefusal | null {
    for (const pid of pids) {
      const stat = pid === postmasterPid ? null : readProcessStat(pid);
      if (pid !== postmasterPid && (stat === null || stat.state === 'Z' || stat.isExiting)) continue;
      if (stat !== null && stat.parentPid !== postmasterPid)
        return activity(`a program of the database runs (pid ${pid})`);
      const refusal = stat === null ? this.#takePostmaster(pid) : this.#takeBackend(pid);
      if (refusal !== null) return refusal;
    }
    if (!this.#members.some(({ kind }) => kind === 'listener'))
      return { kind: 'gone', detail: 'the server does not listen' };
    return null;
  }

  #takePostmaster(pid: number): PauseRefusal | null {
    // It would be seen again and again until it is acted on.
    if (hasPendingSignal(pid)) return { kind: 'freeze-failed', detail: 'the server was being signalled' };
    const descriptor = foreignDescriptors()?.openProcess(pid) ?? null;
    if (descriptor === null) return { kind: 'gone', detail: 'the server has ended' };
    this.#add({ kind: 'postmaster', descriptor });
    const found = this.#sockets.duplicateAll(pid);
    const accepted = found.filter(({ isListening }) => !isListening);
    this.#sockets.closeAll(accepted);
    for (const socket of found) {
      if (socket.isListening) this.#add({ kind: 'listener', descriptor: socket.descriptor });
    }
    return accepted.length > 0 ? activity('a connection was just being accepted') : null;
  }

  #takeBackend(pid: number): PauseRefusal | null {
    if (isWaitHidden(pid)) return forbidden(`what process ${pid} waits for may not be looked at`);
    const awaited = this.#sockets.duplicate(pid, waitsToRead(pid) ?? []);
    for (const { descriptor } of awaited) this.#add({ kind: 'client', descriptor, pid });
    if (awaited.length > 0) return null;
    // A server process has no client; one that has and does not wait for it has something to do.
    const held: ServerSocket[] = this.#sockets.duplicateAll(pid);
    this.#sockets.closeAll(held);
    return held.length > 0 ? activity(`a session was in the middle of something (pid ${pid})`) : null;
  }

  #add(member: Member): void {
    this.#members.push(member);
    this.#set.add(member.descriptor, this.#members.length - 1);
  }

  #alreadyReady(): PauseRefusal | null {
    const cause = this.cause();
    if (cause === null) return null;
    return cause.kind === 'ended'
      ? { kind: 'gone', detail: 'the server has ended' }
      : activity('a client wrote at that moment');
  }

  #causeOf(member: Member): WakeCause {
    if (member.kind === 'listener') return { kind: 'connection', from: null };
    if (member.kind === 'postmaster') return { kind: 'ended' };
    const { pid, descriptor } = member;
    const waiting = streamSockets()?.peek(descriptor) ?? 'bytes';
    return { kind: waiting === 'goodbye' ? 'disconnect' : 'bytes', pid };
  }
}

function activity(detail: string): PauseRefusal {
  return { kind: 'activity', detail };
}

function forbidden(detail: string): PauseRefusal {
  return { kind: 'forbidden', detail };
}
