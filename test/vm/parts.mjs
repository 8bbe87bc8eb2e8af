// What the test machine is made of: an emulator, a Linux kernel with some of its modules, busybox.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { NoMachine, dependencyOf, ensureInstalled, unpack } from './packages.mjs';

/** Kernels for an emulated or accelerated processor. Others: `apt-cache search '^linux-image'`. */
export const DEFAULT_KERNEL = 'linux-image-amd64';

const VIRTIO = ['virtio_pci', 'virtio_blk', 'virtio_console', '9pnet_virtio', '9p', 'ext4', 'overlay'];
/** Checksums for ext4, and what tests ask the kernel for. Not every kernel has each of them as a module. */
const FURTHER_MODULES = ['crc32c_generic', 'virtio_rng', 'tcp_diag', 'unix_diag', 'loop'];

/**
 * Where the parts are, fetched on first use. Only the emulator is installed; kernel and busybox are unpacked.
 * @param {string} cache folder that is kept between runs
 * @param {'qemu' | 'uml'} kind
 * @param {string} kernelPackage for qemu: has a kernel in it, or depends on the one that has
 */
export function ensureParts(cache, kind, kernelPackage) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new NoMachine(`the test machine is Linux on x64, this is ${process.platform} on ${process.arch}`);
  ensureInstalled('mke2fs', 'e2fsprogs');
  if (kind === 'qemu') ensureInstalled('qemu-system-x86_64', 'qemu-system-x86');
  const busybox = join(once(cache, 'busybox-static', keepBusybox), 'busybox');
  const kernel =
    kind === 'uml'
      ? once(cache, 'user-mode-linux', (packed, kept) => keepUserModeKernel(packed, kept, busybox))
      : once(cache, kernelPackage, (packed, kept) => keepKernel(kernelPackage, packed, kept, busybox));
  return { busybox, kernel: join(kernel, 'kernel'), modules: join(kernel, 'modules') };
}

/** Makes a folder of the cache in one step, so that runs beside each other never see half of it. */
function once(cache, name, fill) {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const partial = mkdtempSync(join(cache, '.partial-'));
  try {
    const [packed, kept] = [join(partial, 'packed'), join(partial, 'kept')];
    mkdirSync(kept);
    fill(packed, kept);
    renameSync(kept, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

function keepBusybox(packed, kept) {
  unpack('busybox-static', packed);
  cpSync(oneOf(packed, ['bin/busybox', 'usr/bin/busybox']), join(kept, 'busybox'));
}

function keepKernel(wanted, packed, kept, busybox) {
  // `linux-image-amd64` is empty and depends on the kernel of the day.
  const name = dependencyOf(wanted, /^linux-image-\d/) ?? wanted;
  console.error(`Fetching ${name} (once)...`);
  unpack(name, packed);
  const image = readdirSync(join(packed, 'boot')).find((file) => file.startsWith('vmlinuz-'));
  if (image === undefined) throw new NoMachine(`there is no kernel in ${name}; name another package`);
  cpSync(join(packed, 'boot', image), join(kept, 'kernel'));
  const release = image.slice('vmlinuz-'.length);
  const tree = oneOf(packed, [`lib/modules/${release}`, `usr/lib/modules/${release}`]);
  keepModules(tree, VIRTIO, { kept, busybox });
}

function keepUserModeKernel(packed, kept, busybox) {
  console.error('Fetching user-mode-linux (once)...');
  unpack('user-mode-linux', packed);
  cpSync(oneOf(packed, ['usr/bin/linux.uml', 'usr/bin/linux']), join(kept, 'kernel'));
  const releases = oneOf(packed, ['usr/lib/uml/modules']);
  const [release = ''] = readdirSync(releases);
  keepModules(join(releases, release), ['overlay'], { kept, busybox });
}

function oneOf(folder, paths) {
  const path = paths.find((one) => existsSync(join(folder, one)));
  if (path === undefined) throw new NoMachine(`none of ${paths.join(', ')} is in the package`);
  return join(folder, path);
}

/** Copies modules and what they depend on, and writes down the order that they are to be loaded in. */
function keepModules(tree, needed, { kept, busybox }) {
  const target = join(kept, 'modules');
  mkdirSync(target);
  const modules = modulesBelow(tree);
  const builtIn = readFileSync(join(tree, 'modules.builtin'), 'utf8').replaceAll('-', '_');
  const order = new Set();
  const keep = (name) => {
    const path = modules.get(name);
    if (path === undefined) return builtIn.includes(`/${name}.ko`);
    if (order.has(`${name}.ko`)) return true;
    const module = path.endsWith('.xz') ? decompress(busybox, path) : readFileSync(path);
    for (const dependency of dependenciesOf(module)) keep(dependency);
    writeFileSync(join(target, `${name}.ko`), module);
    order.add(`${name}.ko`);
    return true;
  };
  for (const name of needed) {
    if (!keep(name)) throw new NoMachine(`this kernel has no ${name}; name another package with --kernel`);
  }
  for (const name of FURTHER_MODULES) keep(name);
  writeFileSync(join(target, 'order'), `${[...order].join('\n')}\n`);
}

function modulesBelow(tree) {
  const modules = new Map();
  for (const path of readdirSync(tree, { recursive: true, encoding: 'utf8' })) {
    const name = /([^/]+)\.ko(\.xz)?$/.exec(path)?.[1];
    if (name !== undefined) modules.set(name.replaceAll('-', '_'), join(tree, path));
  }
  return modules;
}

function dependenciesOf(module) {
  const names = /\0depends=([^\0]*)\0/.exec(module.toString('latin1'))?.[1] ?? '';
  return names
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
}

function decompress(busybox, path) {
  const { status, stdout } = spawnSync(busybox, ['xzcat', path], { maxBuffer: 2 ** 28 });
  if (status !== 0) throw new NoMachine(`${path} cannot be decompressed`);
  return stdout;
}
