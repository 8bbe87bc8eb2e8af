import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Encoding, WebAsset, WebAssets } from '../api/http/web/web-assets.ts';

/** Two folders up from the sources and from what is built of them, as in version.ts. */
const BUILT = fileURLToPath(new URL('../../dist/web/', import.meta.url));

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const COMPRESSED_BY_THEMSELVES = new Set(['.png', '.ico', '.woff2']);
/** Below it a packet is a packet. */
const LEAST_BYTES = 1024;
/** The last two levels take ten times as long for a few per cent. */
const BROTLI_QUALITY = 9;

/** The files of the dashboard, read now, since a build while we run would change them under the pages that are open. */
export async function loadWebAssets(folder = BUILT): Promise<WebAssets> {
  const assets = new Map<string, WebAsset>();
  for (const file of await filesBelow(folder)) {
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    assets.set(path, new FileAsset(extname(file), new Uint8Array(await readFile(file))));
  }
  return { index: assets.get('/index.html') ?? null, find: (path) => assets.get(path) ?? null };
}

/** None where there is no such folder. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

class FileAsset implements WebAsset {
  readonly contentType: string;
  readonly hash: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly #isCompressible: boolean;
  /** Made when first asked for. */
  readonly #encoded = new Map<Encoding, Promise<Uint8Array<ArrayBuffer> | null>>();

  constructor(extension: string, content: Uint8Array<ArrayBuffer>) {
    this.content = content;
    this.contentType = CONTENT_TYPES[extension] ?? 'application/octet-stream';
    this.hash = createHash('sha256').update(content).digest('hex').slice(0, 32);
    this.#isCompressible = !COMPRESSED_BY_THEMSELVES.has(extension) && content.byteLength >= LEAST_BYTES;
  }

  encoded(encoding: Encoding): Promise<Uint8Array<ArrayBuffer> | null> {
    const known = this.#encoded.get(encoding) ?? this.#compress(encoding);
    this.#encoded.set(encoding, known);
    return known;
  }

  async #compress(encoding: Encoding): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!this.#isCompressible) return null;
    const made = encoding === 'br' ? await toBrotli(this.content) : await promisify(gzip)(this.content);
    return made.byteLength < this.content.byteLength ? new Uint8Array(made) : null;
  }
}

async function toBrotli(content: Uint8Array): Promise<Uint8Array> {
  return await promisify(brotliCompress)(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength,
    },
  });
}
