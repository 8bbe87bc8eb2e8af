import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStateFolder } from '../../src/daemon/serverless/state-folder.ts';
import type { StateFolder } from '../../src/daemon/serverless/state-folder.ts';

const isRoot = process.geteuid?.() === 0;
const CHILD = join(import.meta.dirname, 'state-folder-child.ts');

let root: string;
const opened: StateFolder[] = [];
const contenders: Contender[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'airglow-state-'));
});
afterEach(async () => {
  await Promise.all(contenders.splice(0).map((contender) => contender.kill()));
  await Promise.all(opened.splice(0).map((folder) => folder.release()));
  await rm(root, { recursive: true, force: true });
});

async function open(path: string): Promise<StateFolder> {
  const folder = await openStateFolder(path);
  opened.push(folder);
  return folder;
}

const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

/** `state-folder-child.ts` in a process of its own. */
class Contender {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #gone: Promise<unknown>;

  constructor(folders: readonly string[], before: readonly string[] = []) {
    const [command = '', ...args] = [
      ...before,
      ...[process.execPath, '--import', import.meta.resolve('tsx'), CHILD, ...folders],
    ];
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#gone = once(this.#child, 'close');
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    contenders.push(this);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Its next line; empty once it has ended. */
  async said(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done === true ? '' : value;
  }

  go(): void {
    this.#child.stdin!.write('go\n');
  }

  async opens(): Promise<string> {
    const first = await this.said();
    if (first !== 'ready') throw new Error(`it is not ready: ${first}`);
    this.go();
    return await this.said();
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

describe('a new folder', () => {
  it('is made with all above it, for databases to pass through and nobody to look into', async () => {
    const before = process.umask(0o077);
    try {
      await open(join(root, 'a', 'b', 'state'));
    } finally {
      process.umask(before);
    }
    const mode = isRoot ? '711' : '700';
    for (const path of ['a', 'a/b', 'a/b/state', 'a/b/state/clusters'])
      expect(await modeOf(join(root, path))).toBe(mode);
    for (const name of ['daemon.lock', 'state.json'])
      expect(await modeOf(join(root, 'a/b/state', name))).toBe('600');
  });

  it('is the same one when it is opened again, and through a link', async () => {
    const path = join(root, 'state');
    const first = await open(path);
    await writeFile(join(first.clustersDir, 'shop'), '');
    await first.release();
    await first.release();
    await symlink(path, join(root, 'link'));
    const second = await open(join(root, 'link'));
    expect(second).toMatchObject({ path: first.path, clustersDir: first.clustersDir });
    expect(await readdir(second.clustersDir)).toEqual(['shop']);
    await expect(open(path)).rejects.toMatchObject({ code: 'STATE_LOCKED' });
  });

  it('may hold what other parts of Airglow keep', async () => {
    const path = join(root, 'data');
    await mkdir(join(path, 'history'), { recursive: true });
    await writeFile(join(path, 'token'), 'x');
    await open(path);
    expect(await readFile(join(path, 'token'), 'utf8')).toBe('x');
  });
});

describe('a folder that cannot be used', () => {
  const refusal = (message: RegExp) => ({
    code: 'STATE_CORRUPT',
    message: expect.stringMatching(message) as string,
  });

  it('is left alone where it holds something else', async () => {
    await writeFile(join(root, 'letter'), 'x');
    await chmod(root, 0o755);
    await expect(open(root)).rejects.toMatchObject(refusal(/holds letter.*choose a new or empty folder/));
    expect(await readdir(root)).toEqual(['letter']);
    expect(await modeOf(root)).toBe('755');
  });

  it('may be a file', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(open(join(root, 'file'))).rejects.toMatchObject(refusal(/cannot be used/));
  });

  it('may be of another version', async () => {
    const path = join(root, 'state');
    await (await open(path)).release();
    for (const mark of ['{"layout":2}', '{"lay', '[]']) {
      await writeFile(join(path, 'state.json'), mark);
      await expect(open(path)).rejects.toMatchObject(refusal(/state.json is damaged or of another version/));
    }
    // What was refused is not locked.
    expect(existsSync(join(path, 'daemon.lock'))).toBe(false);
    await writeFile(join(path, 'state.json'), '');
    await open(path);
  });

  it("may be another user's", async (ctx) => {
    if (!isRoot) ctx.skip('only root can give a folder away');
    const path = join(root, 'state');
    await (await open(path)).release();
    await chown(join(path, 'clusters'), 65_534, 65_534);
    await expect(open(path)).rejects.toMatchObject(refusal(/belongs to another user \(uid 65534/));
    await chown(join(path, 'clusters'), 0, 0);
    await chown(path, 65_534, 65_534);
    await expect(open(path)).rejects.toMatchObject(refusal(/belongs to another user \(uid 65534/));
  });
});

describe('the lock', () => {
  it('refuses this process a second time', async () => {
    await open(root);
    await expect(open(root)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringContaining('This process') as string,
    });
  });

  it('refuses another process, names the holder, and is taken over when that is killed', async () => {
    const holder = new Contender([root]);
    expect(await holder.opens()).toBe('open');
    await expect(open(root)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringMatching(new RegExp(`process ${holder.pid}\\..*kill ${holder.pid}`)) as string,
    });
    await holder.kill();
    await open(root);
  });

  it('holds without the file that names the holder', async () => {
    const holder = new Contender([root]);
    expect(await holder.opens()).toBe('open');
    await rm(join(root, 'daemon.lock'));
    await expect(open(root)).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    expect(existsSync(join(root, 'daemon.lock'))).toBe(false);
    await holder.kill();
    await open(root);
  });

  it('holds against a process of another container, whose numbers are others', async (ctx) => {
    if (!isRoot) ctx.skip('only root may make a pid namespace');
    const holder = new Contender([root], ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']);
    const said = await holder.said();
    if (said === '') ctx.skip('no pid namespace can be made here');
    holder.go();
    expect(await holder.said()).toBe('open');
    await expect(open(root)).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringContaining('another container') as string,
    });
    await holder.kill();
    await expect.poll(() => open(root).then(() => true), { timeout: 30_000 }).toBe(true);
  });

  it('goes to exactly one of many that come at the same moment', async () => {
    const stale = JSON.stringify({ pid: process.ppid, identity: 'of another start' });
    const folders = Array.from({ length: 20 }, (_, round) => join(root, `round-${round}`));
    for (const [round, folder] of folders.entries()) {
      // Every other one was left by a process that was killed.
      if (round % 2 === 1) {
        await (await openStateFolder(folder)).release();
        await writeFile(join(folder, 'daemon.lock'), stale);
      }
    }
    const all = Array.from({ length: 5 }, () => new Contender(folders));
    while (folders.pop() !== undefined) {
      expect(await Promise.all(all.map((one) => one.said()))).toEqual(all.map(() => 'ready'));
      for (const one of all) one.go();
      const answers = await Promise.all(all.map((one) => one.said()));
      const losers = answers.filter((answer) => answer !== 'open');
      expect(losers).toHaveLength(all.length - 1);
      expect(losers.filter((answer) => !answer.startsWith('STATE_LOCKED '))).toEqual([]);
    }
  });
});
