import { describe, expect, it } from 'vitest';
import { statusLine } from './status-lines.ts';
import { NOW, shopModel, STATUS } from './top-fixture.ts';

const banner = { title: 'lock pile-up', sentence: 'Everybody queues.' };

describe('statusLine', () => {
  it('says phase, load, its split, top wait and top SQL', () => {
    const line = statusLine(shopModel({ banner }), NOW);
    expect(line).toMatch(/^ {2}lock pile-up +AAS 4\.11 · CPU running 0\.76 waiting 0\.00 · waits 3\.35/);
    expect(line).toContain('top wait Lock:transactionid');
    expect(line).toContain('top SQL update stock');
  });

  it('says why there is no data', () => {
    const lastError = { code: 'DATABASE_UNREACHABLE', message: 'nobody answers', atMs: NOW };
    const model = shopModel({ banner, status: { ...STATUS, connection: 'waiting to reconnect', lastError } });
    expect(statusLine(model, NOW + 60_000)).toContain('no data: nobody answers (DATABASE_UNREACHABLE)');
  });
});
