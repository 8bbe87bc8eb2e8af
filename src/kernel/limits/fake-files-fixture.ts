import { dirname, join } from 'node:path';
import type { ControlFiles, ControlReader } from './control-files.ts';

/** Takes a write in the kernel's place: may change other files, or throw {@link systemError}. */
type WriteRule = (text: string, path: string) => void;

/** A tree of control files that does what it is told, to see what becomes of faults that no kernel makes on demand. */
export class FakeFiles implements ControlFiles {
  /** Every write so far, as `file name: text`. */
  readonly writes: string[] = [];
  readonly #texts = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #rules = new Map<string, WriteRule>();

  /** A file and the folders above it. */
  put(path: string, text: string): this {
    this.#texts.set(path, text);
    for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) this.#folders.add(folder);
    return this;
  }

  /** What happens on writes to a file, in place of keeping the text. */
  onWrite(path: string, rule: WriteRule): this {
    this.#rules.set(path, rule);
    return this;
  }

  /** Files that the kernel puts into each new folder. */
  readonly inNewFolders: Record<string, string> = {};
  /** What happens before a folder is made. */
  onMakeFolder: (path: string) => void = () => {};
  onRemoveFolder: (path: string) => void = () => {};

  vanish(folder: string): void {
    for (const path of this.#texts.keys()) if (path.startsWith(`${folder}/`)) this.#texts.delete(path);
    for (const path of this.#folders) {
      if (path === folder || path.startsWith(`${folder}/`)) this.#folders.delete(path);
    }
  }

  exists(path: string): boolean {
    return this.#texts.has(path) || this.#folders.has(path);
  }

  read(path: string): string {
    const text = this.#texts.get(path);
    if (text === undefined) throw systemError('ENOENT', path);
    return text;
  }

  reader(path: string): ControlReader {
    return { read: () => this.#texts.get(path) ?? null, close: () => {} };
  }

  writeNow(path: string, text: string): void {
    if (!this.#texts.has(path)) throw systemError('ENOENT', path);
    this.writes.push(`${path.slice(path.lastIndexOf('/') + 1)}: ${text}`);
    const rule = this.#rules.get(path);
    if (rule === undefined) this.#texts.set(path, text);
    else rule(text, path);
  }

  async write(path: string, text: string): Promise<void> {
    await Promise.resolve();
    this.writeNow(path, text);
  }

  async makeFolder(path: string): Promise<void> {
    await Promise.resolve();
    if (this.#folders.has(path)) return;
    this.onMakeFolder(path);
    this.#folders.add(path);
    for (const [name, text] of Object.entries(this.inNewFolders)) this.put(join(path, name), text);
  }

  async removeFolder(path: string): Promise<void> {
    await Promise.resolve();
    if (!this.#folders.has(path)) throw systemError('ENOENT', path);
    this.onRemoveFolder(path);
    this.vanish(path);
  }

  folders(path: string): string[] {
    return [...this.#folders].filter((one) => dirname(one) === path).map((one) => one.slice(path.length + 1));
  }
}

export function systemError(code: string, path = ''): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
