import type { ClusterAnswer } from '../../../api/cluster-answers.ts';
import { AirglowError } from '../../../errors.ts';
import { parseFolder } from '../../arguments/cluster-arguments.ts';
import { formatSize } from '../../cluster/amounts.ts';
import type { Option } from '../../command.ts';
import { clean } from '../../terminal/text.ts';

/** What `create` and `modify` take about local storage, and say of it. The parser has no null: words stand for it. */
export interface OptimizedReadsOptions {
  /** A whole path, or `none`. */
  readonly localStorage?: string;
  /** Bytes. */
  readonly tempSpace?: number | 'default';
  /** Bytes; 0 for none. */
  readonly tieredCache?: number;
}

const GIB = 1024 ** 3;

export const OPTIMIZED_READS_OPTIONS: readonly Option[] = [
  {
    flags: '--local-storage <folder>',
    description: 'temporary objects go to this folder on local NVMe; none: to where the data is',
    parse: (text) => (text === 'none' ? text : parseFolder(text)),
  },
  {
    flags: '--temp-space <GiB>',
    description:
      'the most that they may take there (default: twice the memory of the maximum capacity, if there is room)',
    parse: (text) => (text === 'default' ? text : parseGib(text)),
  },
  {
    flags: '--tiered-cache <GiB>',
    description:
      'a second cache tier of this size on local NVMe, from the next start on; needs airglow host tiered-cache; 0 or none: without',
    parse: (text) => (text === 'none' ? 0 : parseGib(text)),
  },
];

/** What is changed can be taken back, too. */
export const MODIFIED_OPTIMIZED_READS_OPTIONS: readonly Option[] = OPTIMIZED_READS_OPTIONS.map((option) =>
  option.flags.startsWith('--temp-space')
    ? {
        ...option,
        flags: '--temp-space <GiB|default>',
        description:
          'the most that they may take there; default: twice the memory of the maximum capacity, if there is room',
      }
    : option,
);

/** Raises INVALID_ARGUMENT. */
export function parseGib(text: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)(?:\s*GiB)?$/i.exec(text.trim()) ?? [];
  if (number !== undefined) return Math.round(Number(number) * GIB);
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `${JSON.stringify(text)} is no size: give a number of GiB, as in 8 or 0.5`,
  );
}

export function optimizedReadsRequest({ localStorage, tempSpace, tieredCache }: OptimizedReadsOptions) {
  return {
    localStorage: localStorage === 'none' ? null : localStorage,
    tempSpaceBytes: tempSpace === 'default' ? null : tempSpace,
    tieredCacheBytes: tieredCache,
  };
}

/** How it stands with what the change was about, and the way out where that is not as it was asked for. */
export function optimizedReadsRemark(
  { optimizedReads }: ClusterAnswer,
  { localStorage, tempSpace, tieredCache }: OptimizedReadsOptions,
): readonly string[] {
  return [
    ...(localStorage === undefined && tempSpace === undefined ? [] : tempRemark(optimizedReads.tempObjects)),
    ...(tieredCache === undefined ? [] : tierRemark(optimizedReads.tieredCache)),
  ];
}

type Parts = ClusterAnswer['optimizedReads'];

function tempRemark(temp: Parts['tempObjects']): readonly string[] {
  if (temp === null) return ['Temporary objects go to where the data is'];
  const where = temp.place === 'local' ? clean(temp.path) : 'where the data is';
  const limit = temp.place === 'local' ? `, ${formatSize(temp.limitBytes)} at most` : '';
  return [`Temporary objects go to ${where}${limit}`, ...(temp.reason === null ? [] : [clean(temp.reason)])];
}

function tierRemark(tier: Parts['tieredCache']): readonly string[] {
  if (tier === null || (tier.sizeBytes === 0 && tier.inForceBytes === 0)) return ['It has no tiered cache'];
  const { sizeBytes, inForceBytes, reason } = tier;
  if (sizeBytes === inForceBytes) return [`Its tiered cache has ${formatSize(sizeBytes)}`];
  const asked = sizeBytes === 0 ? 'none' : formatSize(sizeBytes);
  const now = inForceBytes === 0 ? 'none' : formatSize(inForceBytes);
  const why = reason === null ? '' : `. ${clean(reason)}`;
  return [`Its tiered cache is to be ${asked}, and is ${now} now${why}`];
}
