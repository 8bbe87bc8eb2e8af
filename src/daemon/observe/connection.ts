import type { ConnectOptions, Engine, EngineSession } from '../../engines/engine.ts';
import { proveSameHost } from '../../kernel/same-host.ts';
import type { SameHost } from '../../kernel/same-host.ts';
import { KernelWatch } from './kernel-watch.ts';

/** One connected session and, where its backends run on this host, the kernel's view of them. */
export interface Connection {
  readonly session: EngineSession;
  readonly kernel: KernelWatch | null;
  readonly postmasterPid: number | null;
  /** Why there is no kernel view; null where there is. */
  readonly sourceReason: string | null;
}

/** `session` does without the kernel, as for a remote database; `auto` uses it where it can. */
export type ObserverView = 'auto' | 'session';

export interface OpenOptions extends ConnectOptions {
  readonly engine: Engine;
  readonly url: string;
  readonly view: ObserverView;
  /** A process of the server has ended. */
  readonly onGone: (pid: number) => void;
  /** Whether a tier of swap below its memory is in force; asked once a tick. */
  readonly hasTier: () => boolean;
  /** Gives up waiting for the server. */
  readonly signal: AbortSignal;
}

export async function openConnection(options: OpenOptions): Promise<Connection> {
  const session = await connectUnlessAborted(options);
  try {
    const proof = await proveKernelView(session, options.view);
    if (!proof.ok) return { session, kernel: null, postmasterPid: null, sourceReason: proof.reason };
    const { postmasterPid } = proof;
    const { backendPid: ownPid, serverPort: port } = session.info;
    const { onGone, hasTier } = options;
    const kernel = new KernelWatch({ postmasterPid, ownPid, port, onGone, hasTier });
    return { session, kernel, postmasterPid, sourceReason: null };
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function proveKernelView(session: EngineSession, view: ObserverView): Promise<SameHost> {
  if (view === 'session') return { ok: false, reason: 'the session view was asked for' };
  const { info } = session;
  const claim = {
    pid: info.backendPid,
    startedAtMs: info.backendStartedAtMs,
    serverStartedAtMs: info.startedAtMs,
    clientPort: info.clientPort,
    user: info.user,
  };
  // Not a sample: it would use up the digests that the first tick is to report.
  return proveSameHost(claim, () => session.counters());
}

/** A connection that comes too late is closed at once. */
async function connectUnlessAborted(options: OpenOptions): Promise<EngineSession> {
  const { engine, url, signal, connectTimeoutMs, sampleTimeoutMs } = options;
  signal.throwIfAborted();
  const connecting = engine.connect(url, { connectTimeoutMs, sampleTimeoutMs });
  let giveUp = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    if (signal.aborted) void connecting.then((late) => late.close()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
