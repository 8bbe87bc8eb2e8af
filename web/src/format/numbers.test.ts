import { describe, expect, it } from 'vitest';
import {
  formatAcu,
  formatBytes,
  formatCount,
  formatLoad,
  formatMoney,
  formatMs,
  formatPerSecond,
  formatShare,
} from './numbers.ts';

describe('figures', () => {
  it.each([
    [formatLoad(null), '–'],
    [formatLoad(0), '0'],
    [formatLoad(0.004), '<0.01'],
    [formatLoad(0.126), '0.13'],
    [formatLoad(12.34), '12.3'],
    [formatLoad(1234.5), '1,235'],
    [formatShare(1, 3), '33 %'],
    [formatShare(0.001, 3), '<1 %'],
    [formatShare(0, 3), '0 %'],
    [formatShare(1, 0), '–'],
    [formatAcu(0.5), '0.5 ACU'],
    [formatAcu(8), '8 ACU'],
    [formatCount(1_234_567), '1,234,567'],
    [formatCount(1.005), '1'],
    [formatPerSecond(2.345), '2.35/s'],
    [formatPerSecond(12_345.6), '12,346/s'],
    [formatMoney(0.01584, 'USD'), 'USD 0.0158'],
    [formatMoney(12.3, 'EUR'), 'EUR 12.30'],
    [formatBytes(512), '512 B'],
    [formatBytes(1536), '1.5 KiB'],
    [formatBytes(3 * 1024 ** 3), '3 GiB'],
    [formatMs(null), '–'],
    [formatMs(0.012), '12 µs'],
    [formatMs(1.26), '1.3 ms'],
    [formatMs(345.6), '346 ms'],
    [formatMs(1500), '1.5 s'],
    [formatMs(59_900), '59 s'],
    [formatMs(61_000), '1 min 1 s'],
    [formatMs(3_600_000), '1 h'],
    [formatMs(90_061_000), '1 d 1 h'],
  ])('%s is %s', (written, expected) => {
    expect(written).toBe(expected);
  });
});
