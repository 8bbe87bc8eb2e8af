import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const FILE_NAME = 'open-dashboard.html';

/**
 * Opens an address that holds a token. Other users can read the arguments of a process, so what the browser is given is
 * a file beside the token, as safe as that, which leads to the address. Returns why it could not be done, else null.
 */
export async function openInBrowser(
  address: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  const isMac = process.platform === 'darwin';
  if (!isMac && (env['DISPLAY'] ?? '') === '' && (env['WAYLAND_DISPLAY'] ?? '') === '') {
    return 'there is no display here';
  }
  const opener = isMac ? 'open' : 'xdg-open';
  try {
    const file = await writeRedirect(address, folder);
    const child = spawn(opener, [pathToFileURL(file).href], { detached: true, stdio: 'ignore' });
    await once(child, 'spawn');
    child.unref();
    return null;
  } catch (error) {
    return `${opener}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function writeRedirect(address: string, folder: string): Promise<string> {
  const path = join(folder, FILE_NAME);
  const target = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${target}"><title>Airglow</title>\n`;
  await writeFile(`${path}.new`, page, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}
