// Runs integration tests where there is cgroup v2 only: on a virtual machine with a kernel of its own and the files of
// this host. Takes what it needs from Debian's packages; test/vm/ is how.
// Usage: node scripts/test-cgroup2.mjs [test/integration/NAME.test.ts ...] [options of vitest, and these:]
//   --machine=kvm|uml|emulated   what to run the kernel on; by default kvm where it works, else user-mode Linux, which has
//                                one processor, no pressure stall information and no pauses. Emulated has all but is slow.
//   --kernel=PACKAGE             another of Debian's kernels (kvm, emulated)
//   --minutes=40                 after which it is over
import { join } from 'node:path';
import { canAccelerate, qemu, userModeLinux } from '../test/vm/emulations.mjs';
import { runInMachine } from '../test/vm/machine.mjs';
import { takeMappings } from '../test/vm/mappings.mjs';
import { NoMachine } from '../test/vm/packages.mjs';
import { DEFAULT_KERNEL, ensureParts } from '../test/vm/parts.mjs';
import { ensureBuilt, ensureInstalled, root } from './set-up.mjs';

const SIZE = { memoryMiB: 4096, cpus: 2 };
const MACHINES = ['kvm', 'uml', 'emulated'];
const DEFAULT_FILES = [
  'limits-v2',
  'host-tier',
  'tiered-cache',
  'tiered-cache-hazards',
  'managed-capacity',
].map((name) => `test/integration/${name}.test.ts`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
try {
  process.exitCode = await test(settings(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof NoMachine)) throw error;
  console.log(`SKIPPED cgroup v2 tests: ${error.message}`);
}

function settings(args) {
  const given = { machine: canAccelerate ? 'kvm' : 'uml', kernel: DEFAULT_KERNEL, minutes: '40' };
  const forVitest = [];
  for (const argument of args) {
    const [, name, value] = /^--(machine|kernel|minutes)=(.+)$/.exec(argument) ?? [];
    if (name === undefined) forVitest.push(argument);
    else given[name] = value;
  }
  if (!MACHINES.includes(given.machine)) misused(`--machine is one of ${MACHINES.join(', ')}`);
  if (!(Number(given.minutes) > 0)) misused('--minutes is a number above zero');
  return { ...given, args: isSelection(forVitest) ? forVitest : [...DEFAULT_FILES, ...forVitest] };
}

/** Whether the arguments name files; options alone would run every test there is. */
function isSelection(args) {
  return args.some((argument) => /^(\.\/)?test\//.test(argument));
}

function misused(message) {
  console.error(`test-cgroup2: ${message}`);
  process.exit(2);
}

async function test({ machine, kernel, minutes, args }) {
  ensureInstalled();
  // Some tests run the program itself, and the machine cannot keep what it builds.
  ensureBuilt();
  const cache = join(root, '.cache', 'vm');
  const parts = ensureParts(cache, machine === 'uml' ? 'uml' : 'qemu', kernel);
  const emulation =
    machine === 'uml'
      ? userModeLinux(parts, SIZE)
      : qemu(parts, { ...SIZE, isAccelerated: machine === 'kvm' });
  const timeoutMs = Number(minutes) * 60_000;
  if (machine === 'uml') provideMappings(cache);
  const { code, why } = await runInMachine(parts, emulation, { command: commandFor(args), cache, timeoutMs });
  if (why !== null) console.error(`test-cgroup2: ${why}`);
  return code ?? 1;
}

/** Until this process ends. Tests that need more than there can be are told so. */
function provideMappings(cache) {
  const { whyNot, giveBack } = takeMappings(cache, SIZE.memoryMiB);
  process.on('exit', giveBack);
  if (whyNot === null) return;
  console.error(`test-cgroup2: ${whyNot}`);
  process.env.AIRGLOW_TEST_NO_LARGE_PROCESS = whyNot;
}

/** A script for the shell of the test machine. Of our environment it gets only what tests and their output depend on. */
function commandFor(args) {
  const kept = /^(AIRGLOW_TEST_\w+|CI|NO_COLOR|FORCE_COLOR|LANG|PATH|TERM)$/;
  const environment = Object.entries(process.env).filter(([name]) => kept.test(name));
  if (process.stdout.isTTY) environment.push(['FORCE_COLOR', '1']);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(root, 'test', 'vm', 'vitest.config.ts');
  const words = [process.execPath, vitest, 'run', '--root', root, '--config', config, ...args];
  return [
    ...environment.map(([name, value]) => `export ${name}=${quoted(value)}`),
    'export HOME=/root',
    'echo "Linux $(uname -r) after $(cut -d" " -f1 /proc/uptime) s, cgroup v2: $(cat /sys/fs/cgroup/cgroup.controllers)"',
    `cd ${quoted(root)} && exec ${words.map(quoted).join(' ')}`,
  ].join('\n');
}

function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
