// Two ways to run a kernel of one's own. Both give the machine the files of this host, read-only, as `host`.
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the processor can run a stock kernel. What kvm_pvm gives cannot: it takes kernels made for it only. */
export const canAccelerate = isWritable('/dev/kvm') && !existsSync('/sys/module/kvm_pvm');

/**
 * A whole computer: any kernel, several processors. Without acceleration everything takes ten to twenty times as long.
 * @param {{ kernel: string }} parts
 * @param {{ memoryMiB: number, cpus: number, isAccelerated: boolean }} size
 */
export function qemu(parts, { memoryMiB, cpus, isAccelerated }) {
  return ({ folder, words }) => ({
    program: 'qemu-system-x86_64',
    args: [
      ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
      ...['-accel', isAccelerated ? 'kvm' : 'tcg', '-cpu', 'max'],
      ...['-m', String(memoryMiB), '-smp', String(cpus)],
      ...['-kernel', parts.kernel, '-initrd', join(folder, 'initramfs')],
      ...['-append', ['console=ttyS0', 'psi=1', ...words].join(' ')],
      ...['-chardev', 'file,id=console,path=/dev/stderr,append=on', '-serial', 'chardev:console'],
      ...['-fsdev', 'local,id=host,path=/,security_model=none,readonly=on,multidevs=remap'],
      ...['-device', 'virtio-9p-pci,fsdev=host,mount_tag=host'],
      ...['-fsdev', `local,id=report,path=${join(folder, 'report')},security_model=none`],
      ...['-device', 'virtio-9p-pci,fsdev=report,mount_tag=report'],
      ...['-drive', `file=${join(folder, 'disk')},format=raw,if=virtio,cache=unsafe,discard=unmap`],
      ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
      ...['-chardev', 'stdio,id=output,signal=off', '-device', 'virtserialport,chardev=output'],
    ],
  });
}

/**
 * Linux as a program (user-mode Linux): boots at once and is slow only in making processes. One processor, no pressure stall
 * information, and the kernel that Debian has built this way.
 * @param {{ kernel: string }} parts
 * @param {{ memoryMiB: number }} size
 */
export function userModeLinux(parts, { memoryMiB }) {
  return ({ folder, words }) => ({
    program: parts.kernel,
    args: [
      ...[`mem=${memoryMiB}M`, `initrd=${join(folder, 'initramfs')}`, `ubd0=${join(folder, 'disk')}`],
      // The console goes to standard error, the first terminal to standard output.
      ...[`uml_dir=${folder}`, 'con=null', 'con0=null,fd:2', 'con1=null,fd:1', ...words],
    ],
    // The machine's memory is a file. A container's /dev/shm is often too small for it.
    env: { TMPDIR: freeMiB('/dev/shm') > memoryMiB ? '/dev/shm' : folder },
  });
}

function freeMiB(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return (bavail * bsize) / 2 ** 20;
  } catch {
    return 0;
  }
}

function isWritable(path) {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
