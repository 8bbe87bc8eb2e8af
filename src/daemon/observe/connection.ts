import type { Engine, EngineSession } from '../../engines/engine.ts';
import { proveSameHost } from '../../kernel/same-host.ts';
import { KernelWatch } from './kernel-watch.ts';

/** One connected session and, where its backends run on this host, the kernel's view of them. */
export interface Connection {
  readonly session: EngineSession;
  readonly kernel: KernelWatch | null;
  readonly postmasterPid: number | null;
  /** Why there is no kernel view; null where there is. */
  readonly sourceReason: string | null;
}

export async function openConnection(
  engine: Engine,
  url: string,
  timeouts: { readonly connectTimeoutMs: number; readonly sampleTimeoutMs: number },
  onGone: (pid: number) => void,
): Promise<Connection> {
  const session = await engine.connect(url, timeouts);
  try {
    const { info } = session;
    const proof = await proveSameHost(
      {
        pid: info.backendPid,
        startedAtMs: info.backendStartedAtMs,
        serverStartedAtMs: info.startedAtMs,
        clientPort: info.clientPort,
        user: info.user,
      },
      () => session.sample({ alsoPids: [], thinning: 1 }),
    );
    if (!proof.ok) return { session, kernel: null, postmasterPid: null, sourceReason: proof.reason };
    const { postmasterPid } = proof;
    const kernel = new KernelWatch({ postmasterPid, ownPid: info.backendPid, port: info.serverPort, onGone });
    return { session, kernel, postmasterPid, sourceReason: null };
  } catch (error) {
    await session.close();
    throw error;
  }
}
