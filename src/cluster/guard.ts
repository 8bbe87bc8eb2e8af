import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Reads what to look after, one order a line. When the pipe closes without `done`, its owner is dead (kill -9
 * included): thaw what is frozen (it could not be killed), end the process group and what else lives in the control
 * groups, remove these and the folders. Signals of the terminal are not for it.
 */
const SCRIPT = `
trap '' HUP INT TERM QUIT
group=
cgroups=
while IFS= read -r line; do
  rest=\${line#* }
  case \${line%% *} in
    watch) group=\${rest%% *} signal=\${rest#* } ;;
    forget) group= ;;
    cgroups) cgroups=$rest ;;
    folder) set -- "$@" "$rest" ;;
    done) exit 0 ;;
  esac
done
thaw() {
  for one in $cgroups; do
    if [ -e "$one/freezer.state" ]; then echo THAWED > "$one/freezer.state"; fi
    if [ -e "$one/cgroup.freeze" ]; then echo 0 > "$one/cgroup.freeze"; fi
  done
}
thaw
if [ -n "$group" ]; then
  kill -s "$signal" -- "-$group"
  tries=0
  while kill -s 0 -- "-$group" && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -s KILL -- "-$group"
fi
tries=0
while [ -n "$cgroups" ] && [ $tries -lt 300 ]; do
  left=
  for one in $cgroups; do
    [ -e "$one" ] || continue
    for pid in $(cat "$one/cgroup.procs"); do kill -s KILL "$pid"; done
    rmdir "$one" || left=1
  done
  [ -n "$left" ] || break
  thaw
  sleep 0.1
  tries=$((tries + 1))
done
rm -rf -- "$@"
`;

/** A small shell in a session of its own that cleans up after us if we die without doing so ourselves. */
export class Guard {
  readonly #shell: ChildProcess;
  readonly #folders = new Set<string>();

  constructor(folder: string) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'airglow-guard', folder], {
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    });
    // It must never keep us alive, and its own death (killed by hand) must not kill us.
    this.#shell.on('error', () => {});
    this.#shell.stdin?.on('error', () => {});
    this.#shell.unref();
    const pipe = this.#shell.stdin;
    if (pipe !== null && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }

  get pid(): number | undefined {
    return this.#shell.pid;
  }

  /**
   * From now on this process group (named by its leader) is to be ended when we die: a server by SIGQUIT, while a
   * short program that would not clean up after a signal (`let-finish`) may come to its end.
   */
  watch(leaderPid: number, how: 'quit' | 'let-finish'): void {
    this.#order(`watch ${leaderPid} ${how === 'quit' ? 'QUIT' : '0'}`);
  }

  /** Control groups to be emptied and removed as well, whatever lives in them. Takes the place of earlier ones. */
  watchGroups(folders: readonly string[]): void {
    const deepestFirst = folders.toSorted((a, b) => b.split('/').length - a.split('/').length);
    // They go through a shell that takes blanks as the end of a name.
    this.#order(`cgroups ${deepestFirst.filter((folder) => !/[\s*?[\]\\]/.test(folder)).join(' ')}`);
  }

  /** One more folder to be removed: what could not be in the server's own, as that of its socket. */
  watchFolder(path: string): void {
    // An order is a line.
    if (this.#folders.has(path) || path.includes('\n')) return;
    this.#folders.add(path);
    this.#order(`folder ${path}`);
  }

  /** The process group is gone. */
  forget(): void {
    this.#order('forget');
  }

  /** All is cleaned up: let the guard go. Resolves when it has. */
  async dismiss(): Promise<void> {
    if (this.#shell.pid === undefined || this.#shell.exitCode !== null || this.#shell.signalCode !== null)
      return;
    const gone = new Promise<void>((resolve) => {
      this.#shell.once('exit', () => resolve());
    });
    this.#shell.ref();
    this.#order('done');
    await gone;
  }

  #order(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }
}
