import { AirglowError } from '../../errors.ts';
import { readMountOf } from '../../kernel/swap/mount-of.ts';
import { ProgramFailed } from '../../kernel/swap/swap-programs.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';

export interface AreaSteps {
  readonly onProgress: (share: number) => void;
  /** When the file is ready, before anybody can be swapped out to it. */
  readonly beforeOn: () => Promise<void>;
}

/** Makes a swap file and turns it on. Raises TIER_UNAVAILABLE; whatever is there then is for the caller to remove. */
export async function makeArea(
  system: SwapSystem,
  file: string,
  bytes: number,
  { onProgress, beforeOn }: AreaSteps,
): Promise<void> {
  try {
    await system.make(file, bytes, onProgress);
    await system.format(file);
    await beforeOn();
    try {
      await system.turnOn(file);
    } catch (error) {
      // Room that was only asked for counts as holes here; what is written does not.
      if (!(error instanceof ProgramFailed) || !error.isUnsuitable) throw error;
      await system.fill(file, bytes, onProgress);
      await system.format(file);
      await system.turnOn(file);
    }
  } catch (error) {
    throw unavailable(file, error);
  }
}

function unavailable(file: string, error: unknown): unknown {
  const reason = error instanceof Error ? error.message : String(error);
  const say = (remedy: string): AirglowError =>
    new AirglowError('TIER_UNAVAILABLE', `${file} cannot be made the tier: ${reason}. ${remedy}`, {
      cause: error,
    });
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || /no space/i.test(reason)) return say('Free some room, or choose a smaller size.');
  if (!(error instanceof ProgramFailed)) return code === undefined ? error : say('Choose another folder.');
  if (error.isMissing) return say('Install util-linux.');
  if (error.isForbidden)
    return say('Run airglow up as root on the host itself; a container needs the capability CAP_SYS_ADMIN.');
  if (!error.isUnsuitable) return say('The log of the kernel (dmesg) says more.');
  return readMountOf(file)?.type === 'btrfs'
    ? say(
        'On btrfs it has to be in a folder without copy-on-write and compression: chattr +C on an empty one.',
      )
    : say('Choose a folder on ext4 or xfs on local storage.');
}
