import type { Fence } from '../../kernel/swap/swap-fences.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';
import type { ChangedValue } from './tier-file.ts';

export interface FencePlan {
  /** All that is or will be ours, with what was there before. */
  readonly values: readonly ChangedValue[];
  /** Those of them that are still to be written. */
  readonly toWrite: readonly ChangedValue[];
}

/**
 * What is to be noted and then written, so that every fence stands. A value that somebody else has changed meanwhile is what
 * is given back one day. Those of groups that are gone are forgotten. `known` is null at the first time: who has such a
 * value then chose it, and whoever comes with it later has inherited it from us.
 */
export function planFences(
  fences: readonly Fence[],
  known: readonly ChangedValue[] | null,
  read: (file: string) => string | null,
): FencePlan {
  const values = new Map<string, ChangedValue>();
  for (const value of known ?? []) if (read(value.file) !== null) values.set(value.file, value);
  const toWrite: ChangedValue[] = [];
  for (const { file, value: ours, inheritsFrom, isDangerous } of fences) {
    const present = read(file);
    if (present === null || (isDangerous && present !== ours)) continue;
    const noted = values.get(file);
    if (noted !== undefined && present === ours) continue;
    const inherited = known === null || inheritsFrom === null ? undefined : values.get(inheritsFrom);
    const before = present === ours && noted === undefined ? (inherited?.before ?? present) : present;
    const value = { file, before, ours };
    values.set(file, value);
    if (present !== ours) toWrite.push(value);
  }
  return { values: [...values.values()], toWrite };
}

/** Returns the files that the kernel did not let us write. */
export function raiseFences(system: SwapSystem, toWrite: readonly ChangedValue[]): string[] {
  return toWrite.filter(({ file, ours }) => !writes(system, file, ours)).map(({ file }) => file);
}

/**
 * Gives back what was there, innermost first, where the value is still ours. Returns the files that the kernel did not let
 * us write, with what was there.
 */
export function lowerFences(system: SwapSystem, values: readonly ChangedValue[]): string[] {
  return values
    .toReversed()
    .filter(
      ({ file, before, ours }) =>
        before !== ours && system.readValue(file) === ours && !writes(system, file, before),
    )
    .map(({ file, before }) => `${file} (${before} before)`);
}

/** A group that is gone needs nothing. */
function writes(system: SwapSystem, file: string, value: string): boolean {
  try {
    system.writeValue(file, value);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return ['ENOENT', 'ENODEV'].includes(code);
  }
}
