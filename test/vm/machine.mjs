// The test machine: boots a kernel of its own on the files of this host, runs one command there and is gone.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const DISK_KIB = 8 * 2 ** 20;

/**
 * Runs a command and shows what it prints. It sees the host's files; what it writes is thrown away with the machine.
 * @param {{ busybox: string, modules: string }} parts
 * @param {(run: { folder: string, words: string[] }) => { program: string, args: string[], env?: object }} emulation how
 *   to start the machine: `words` are for the kernel's command line. Standard output has to get what the machine writes to `output`
 *   (see run-command), standard error what its console says.
 * @param {{ command: string, cache: string, timeoutMs: number }} options `command` is a script for /bin/sh, `cache` a
 *   folder for the files of the run
 * @returns {Promise<{ code: number | null, why: string | null }>} the command's exit code; where it is null, why
 */
export async function runInMachine(parts, emulation, { command, cache, timeoutMs }) {
  const folder = mkdtempSync(join(cache, 'run-'));
  let machine = null;
  const end = () => {
    if (machine !== null) kill(machine);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', end);
  try {
    writeFileSync(join(folder, 'command'), command);
    // Should we be killed, nobody else ends the machine.
    writeFileSync(join(folder, 'seconds'), String(Math.ceil(timeoutMs / 1000) + 60));
    mkdirSync(join(folder, 'report'));
    makeInitramfs(parts, folder);
    printed('mke2fs', ['-q', '-t', 'ext4', join(folder, 'disk'), `${DISK_KIB}k`]);
    const words = ['cgroup_no_v1=all', 'loglevel=5', 'panic=-1', `airglow.run=${folder}`];
    machine = start(
      emulation({ folder, words: [...words, `airglow.scripts=${import.meta.dirname}`] }),
      folder,
    );
    const timedOut = await endOf(machine, timeoutMs);
    return outcome(folder, timedOut ? `it was not done after ${timeoutMs / 60_000} minutes` : null);
  } finally {
    end();
    process.off('exit', end);
  }
}

function makeInitramfs(parts, folder) {
  const tree = join(folder, 'tree');
  mkdirSync(join(tree, 'bin'), { recursive: true });
  cpSync(parts.busybox, join(tree, 'bin', 'busybox'));
  cpSync(join(import.meta.dirname, 'init'), join(tree, 'init'));
  chmodSync(join(tree, 'init'), 0o755);
  cpSync(parts.modules, join(tree, 'modules'), { recursive: true });
  const input = ['.', ...readdirSync(tree, { recursive: true, encoding: 'utf8' })].join('\n');
  const archive = printed(parts.busybox, ['cpio', '-o', '-H', 'newc'], { cwd: tree, input });
  writeFileSync(join(folder, 'initramfs'), archive);
}

function printed(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { maxBuffer: 2 ** 28, ...options });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? String(stderr)}`);
  return stdout;
}

/** In a group of processes of its own: a machine can have many, and all of them are to end with it. */
function start({ program, args, env }, folder) {
  const console = openSync(join(folder, 'console'), 'w');
  // An emulator may take the end of its input for the end of its output too, so that is left open.
  const stdio = ['pipe', 'pipe', console];
  const machine = spawn(program, args, { stdio, detached: true, env: { ...process.env, ...env } });
  closeSync(console);
  machine.stdout.pipe(process.stdout, { end: false });
  return machine;
}

function kill(machine) {
  if (machine.pid === undefined) return;
  try {
    process.kill(-machine.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Resolves when the machine has ended, with whether it was ended for the time-out. */
function endOf(machine, timeoutMs) {
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      kill(machine);
    }, timeoutMs);
    machine.once('error', reject);
    machine.once('close', () => {
      clearTimeout(timer);
      resolve(timedOut);
    });
  });
}

function outcome(folder, reason) {
  const result = contents(join(folder, 'report', 'result')).trim();
  if (reason === null && result !== '') return { code: Number(result), why: null };
  const lastWords = contents(join(folder, 'console')).trimEnd().split(/\r?\n/).slice(-30).join('\n');
  return { code: null, why: `${reason ?? 'the machine ended by itself'}; its console says:\n${lastWords}` };
}

function contents(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
