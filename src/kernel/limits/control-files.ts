import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { mkdir, open, rmdir } from 'node:fs/promises';

/** The few things that groups do with the kernel's control files. Unit tests put faults in between. */
export interface ControlFiles {
  exists(path: string): boolean;
  /** Opens the file anew. Raises the system's error. */
  read(path: string): string;
  /** For what is read many times a second. */
  reader(path: string): ControlReader;
  /** One write, done on return: for what costs the kernel microseconds. Raises the system's error. */
  writeNow(path: string, text: string): void;
  /** One write off the event loop: the kernel may evict much memory before it is done. Raises the system's error. */
  write(path: string, text: string): Promise<void>;
  /** A folder that is there already is no error. */
  makeFolder(path: string): Promise<void>;
  removeFolder(path: string): Promise<void>;
  /** Names of the folders in a folder; none where it is gone. */
  folders(path: string): string[];
}

/** Keeps a descriptor open between two reads, for as long as the file is there. */
export interface ControlReader {
  /** Null where the file is gone. */
  read(): string | null;
  close(): void;
}

/** Large enough for every file that is read by a reader; lists of processes are not. */
const buffer = Buffer.alloc(16 * 1024);

export const KERNEL_FILES: ControlFiles = {
  exists: existsSync,
  read: (path) => readFileSync(path, 'latin1'),
  reader: (path) => new DescriptorReader(path),
  writeNow(path, text) {
    // Never created: on a control file system that would hide that it is missing.
    const descriptor = openSync(path, constants.O_WRONLY);
    try {
      writeSync(descriptor, text);
    } finally {
      closeSync(descriptor);
    }
  },
  async write(path, text) {
    const file = await open(path, constants.O_WRONLY);
    try {
      await file.write(text);
    } finally {
      await file.close();
    }
  },
  async makeFolder(path) {
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  },
  removeFolder: (path) => rmdir(path),
  folders(path) {
    try {
      return readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name);
    } catch {
      return [];
    }
  },
};

class DescriptorReader implements ControlReader {
  readonly #path: string;
  #descriptor: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  read(): string | null {
    // A group that was removed and made again has other files: the second try opens those.
    return this.#readOnce() ?? this.#readOnce();
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #readOnce(): string | null {
    try {
      this.#descriptor ??= openSync(this.#path, constants.O_RDONLY);
      return buffer.toString('latin1', 0, readSync(this.#descriptor, buffer, 0, buffer.length, 0));
    } catch {
      this.close();
      return null;
    }
  }
}
