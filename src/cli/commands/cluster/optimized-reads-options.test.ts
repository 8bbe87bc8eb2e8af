import { expect, it } from 'vitest';
import { OPTIMIZED_READS_OPTIONS, optimizedReadsRequest } from './optimized-reads-options.ts';

const parsed = (flag: string, text: string): unknown =>
  OPTIMIZED_READS_OPTIONS.find(({ flags }) => flags.startsWith(flag))?.parse?.(text);

it('reads sizes in GiB and folders as whole paths', () => {
  expect(parsed('--tiered-cache', '0.5')).toBe(512 * 1024 ** 2);
  expect(parsed('--temp-space', '8 GiB')).toBe(8 * 1024 ** 3);
  expect(parsed('--local-storage', '/mnt/nvme/')).toBe('/mnt/nvme');
  expect(() => parsed('--tiered-cache', '8G')).toThrow('is no size');
});

it('takes things back by a word, since the parser of the command line makes an empty text of null', () => {
  const [localStorage, tempSpace] = [parsed('--local-storage', 'none'), parsed('--temp-space', 'default')];
  expect([localStorage, tempSpace]).not.toContain(null);
  expect(parsed('--tiered-cache', 'none')).toBe(0);
  const request = optimizedReadsRequest({ localStorage, tempSpace } as Parameters<
    typeof optimizedReadsRequest
  >[0]);
  expect(request).toEqual({ localStorage: null, tempSpaceBytes: null, tieredCacheBytes: undefined });
});
