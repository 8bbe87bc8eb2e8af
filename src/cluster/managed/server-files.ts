import { readFile, rm } from 'node:fs/promises';
import type { RunAs } from '../run-as.ts';
import { replaceFile } from './atomic-file.ts';
import type { FileRights } from './atomic-file.ts';
import type { SizingBasis } from './capacity-settings.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { ClusterSpec } from './model.ts';
import type { TlsFiles } from './network-options.ts';
import { renderCapacity, renderConfig, renderHba } from './server-config.ts';

/** Files that configure the server: its user may read them, and nobody but us may write them. */
export class ServerFiles {
  readonly #folder: ClusterFolder;
  readonly #rights: FileRights;

  constructor(folder: ClusterFolder, runAs: RunAs) {
    this.#folder = folder;
    this.#rights =
      runAs.ids === null
        ? { mode: 0o600, gid: null, durable: true }
        : { mode: 0o640, gid: runAs.ids.gid, durable: true };
  }

  async writeConfig(spec: ClusterSpec, basis: SizingBasis): Promise<void> {
    const { configFile, hbaFile, identFile } = this.#folder;
    await replaceFile(configFile, renderConfig(spec, this.#folder, basis), this.#rights);
    await replaceFile(hbaFile, renderHba(spec.network), this.#rights);
    await replaceFile(identFile, '', this.#rights);
  }

  /** Written anew at each start, so it need not outlive a power cut. */
  async writeCapacity(acu: number, basis: SizingBasis): Promise<void> {
    const rights = { ...this.#rights, durable: false };
    await replaceFile(this.#folder.capacityFile, renderCapacity(acu, basis), rights);
  }

  /** Written anew at each start, too. */
  async writeTemp(text: string): Promise<void> {
    await replaceFile(this.#folder.tempFile, text, { ...this.#rights, durable: false });
  }

  /** The step that capacity.conf was written for last; null where it does not tell. */
  async writtenStepAcu(): Promise<number | null> {
    const text = await readFile(this.#folder.capacityFile, 'utf8').catch(() => '');
    const [, step] = /^airglow\.settings_acu = '([\d.]+)'$/m.exec(text) ?? [];
    return step === undefined ? null : Number(step);
  }

  async writeTls(files: TlsFiles): Promise<void> {
    await replaceFile(this.#folder.certFile, files.cert, this.#rights);
    await replaceFile(this.#folder.keyFile, files.key, this.#rights);
  }

  /** All of it as it is now; what is returned puts it back. */
  async remember(): Promise<() => Promise<void>> {
    const { configFile, hbaFile, certFile, keyFile } = this.#folder;
    const paths = [configFile, hbaFile, certFile, keyFile];
    const before = await Promise.all(paths.map((path) => readFile(path).catch(() => null)));
    return async () => {
      for (const [index, path] of paths.entries()) {
        const text = before[index] ?? null;
        await (text === null ? rm(path, { force: true }) : replaceFile(path, text, this.#rights));
      }
    };
  }

  /** A configuration beside the real one, to be tried out. */
  async withCandidate<T>(
    spec: ClusterSpec,
    basis: SizingBasis,
    use: (configFile: string) => Promise<T>,
  ): Promise<T> {
    const path = `${this.#folder.configFile}.candidate`;
    await replaceFile(path, renderConfig(spec, this.#folder, basis), { ...this.#rights, durable: false });
    try {
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }
}
