import { createApi } from '../api/http/create-api.ts';
import type { Access, Api, WatchedTargets } from '../api/http/api-parts.ts';
import type { WebAssets } from '../api/http/web/web-assets.ts';
import { listenOnControlSocket } from './control-socket.ts';
import { removeEndpoint, writeEndpoint } from './endpoint-file.ts';
import type { Fleet } from './fleet.ts';
import { listen } from './http-server.ts';
import type { ListenAddress } from './listen-address.ts';
import type { Recording } from './recording.ts';
import type { ShutdownSteps } from './shutdown-steps.ts';
import { readVersion } from './version.ts';
import { loadWebAssets } from './web-assets.ts';

export interface ServingOptions {
  readonly listen: ListenAddress;
  readonly access: Access;
  readonly targets: WatchedTargets;
  readonly recording: Recording;
  readonly fleet?: Fleet;
  /** Gets the file that says where this process answers; null where there is no folder. */
  readonly folder: string | null;
  /** Serves the same with all rights on this Unix socket. */
  readonly controlSocket?: string;
  readonly log: (line: string) => void;
}

/**
 * Answers over HTTP until shut down; returns the address. Raises PORT_IN_USE, INVALID_ARGUMENT.
 */
export async function serve(options: ServingOptions, shutdown: ShutdownSteps): Promise<string> {
  const closing = new AbortController();
  const startedAtMs = Date.now();
  const api = apiOf(options, await loadWebAssets(), startedAtMs, closing.signal);
  const server = await listen(api, options.listen);
  shutdown.add('closing the server', () => {
    closing.abort();
    return server.close();
  });
  if (options.controlSocket !== undefined) {
    const control = await listenOnControlSocket(api, options.controlSocket);
    shutdown.add('closing the control socket', () => {
      closing.abort();
      return control.close();
    });
  }
  const { folder } = options;
  if (folder !== null) {
    shutdown.add('removing the endpoint file', () => removeEndpoint(folder));
    await writeEndpoint(folder, { pid: process.pid, url: server.url, startedAtMs });
  }
  return server.url;
}

function apiOf(options: ServingOptions, web: WebAssets, startedAtMs: number, closing: AbortSignal): Api {
  const { targets, recording, access, fleet, log } = options;
  return createApi({
    targets,
    ...(fleet ? { fleet } : {}),
    ...recording,
    access,
    web,
    version: readVersion(),
    startedAtMs,
    now: Date.now,
    closing,
    log,
  });
}
