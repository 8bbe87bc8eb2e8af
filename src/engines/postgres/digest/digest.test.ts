import { describe, expect, it } from 'vitest';
import { digestSql } from './digest.ts';

describe('digestSql', () => {
  it('gives one id to a statement whatever its values', () => {
    expect(digestSql('SELECT 1').id).toBe(digestSql('select  $1 /* x */').id);
    expect(digestSql('select 1').id).not.toBe(digestSql('select a').id);
  });

  it('gives ids that stay as they are', () => {
    expect(digestSql('select 1')).toEqual({ id: 'e1c71d1661ae46e0', text: 'select ?', truncated: false });
  });

  it('gives an empty id to an empty text', () => {
    expect(digestSql(' /* nothing */ ;')).toEqual({ id: '', text: '', truncated: false });
  });

  it('marks what is not whole', () => {
    expect(digestSql('select 1', true).truncated).toBe(true);
    expect(digestSql("select 'a").truncated).toBe(true);
  });

  it('shortens a long text and takes the id of the whole', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `naïve_😀_${i}`).join(', ');
    const a = digestSql(`select ${names} from a`);
    const b = digestSql(`select ${names} from b`);
    expect(a.text.length).toBeLessThanOrEqual(4096);
    expect(a.text).toBe(Buffer.from(a.text).toString());
    expect(a.text).toBe(b.text);
    expect(a.id).not.toBe(b.id);
    expect(a.truncated).toBe(false);
  });
});
