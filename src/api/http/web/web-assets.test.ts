import { expect, test } from 'vitest';
import { acceptedEncodings } from './web-assets.ts';

test.each([
  [undefined, []],
  ['', []],
  ['gzip, deflate, br, zstd', ['br', 'gzip']],
  ['gzip', ['gzip']],
  ['GZIP;q=0.5 , BR;q=0', ['gzip']],
  ['br;q=0.0, *;q=0.1', ['gzip']],
  ['*', ['br', 'gzip']],
  ['identity', []],
  ['*;q=0', []],
  ['brotli, xgzip', []],
])('accept-encoding %j takes %j', (header, encodings) => {
  expect(acceptedEncodings(header)).toEqual(encodings);
});
