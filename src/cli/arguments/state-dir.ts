import { defaultStateDir } from '../../daemon/state-paths.ts';
import type { Option } from '../command.ts';

export const STATE_OPTION: Option = {
  flags: '--state <folder>',
  description:
    'state folder of airglow up (default: /var/lib/airglow for root, else airglow in XDG_DATA_HOME or ~/.local/share)',
};

/** The folder given, else the usual one of this user. */
export function stateDirOf(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  return given ?? defaultStateDir(env, process.getuid?.() ?? -1);
}
