import { resolve } from 'node:path';
import type { ClusterAnswer } from '../../../api/cluster-answers.ts';
import { AirglowError } from '../../../errors.ts';
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
    parse: (text) => (text === 'none' ? text : resolve(text)),
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
      'a second cache tier of this size on local NVMe, from the next start on; needs airglow host tiered-cache; 0: none',
    parse: parseGib,
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

/** What is not as it was asked for, with the way out; nothing where all is. */
export function optimizedReadsRemark({ optimizedReads }: ClusterAnswer): readonly string[] {
  const { tempObjects, tieredCache } = optimizedReads;
  return [
    ...(tempObjects?.place === 'local' ? [`Temporary objects go to ${clean(tempObjects.path)}`] : []),
    ...[tempObjects?.reason, tieredCache?.reason].flatMap((reason) =>
      reason === null || reason === undefined ? [] : [clean(reason)],
    ),
  ];
}
