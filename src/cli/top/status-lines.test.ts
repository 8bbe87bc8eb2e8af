import { describe, expect, it } from 'vitest';
import { changeLine, statusLine } from './status-lines.ts';
import { asleepModel, capacityView, managedModel, SECONDS, wokenModel } from './capacity-fixture.ts';
import { NOW, shopModel, STATUS } from './top-fixture.ts';

const banner = { title: 'lock pile-up', sentence: 'Everybody queues.' };

describe('statusLine', () => {
  it('says phase, load, its split, top wait and top SQL', () => {
    const line = statusLine(shopModel({ banner, sessions: [] }), NOW);
    expect(line).toMatch(/^ {2}lock pile-up +AAS 4\.11 · CPU running 0\.76 waiting 0\.00 · waits 3\.35/);
    expect(line).toContain('top wait Lock:transactionid');
    expect(line).toContain('top SQL update stock');
  });

  it('names who holds the others up, where somebody does', () => {
    expect(statusLine(shopModel({ banner }), NOW)).toContain(
      'session 4100 (web) holds up 3 others, idle in transaction',
    );
  });

  it('says why there is no data', () => {
    const lastError = { code: 'DATABASE_UNREACHABLE', message: 'nobody answers', atMs: NOW };
    const model = shopModel({ banner, status: { ...STATUS, connection: 'waiting to reconnect', lastError } });
    expect(statusLine(model, NOW + 60_000)).toContain('no data: nobody answers (DATABASE_UNREACHABLE)');
  });
});

describe('of a database of ours', () => {
  it('says its capacity and what asks for it', () => {
    const line = statusLine(managedModel(58), NOW - (SECONDS - 58) * 1000);
    expect(line).toMatch(/^ {2}Spike +capacity 7\.5 ACU \(CPU asks for 7\.2\) · AAS \d/);
  });

  it('says that it sleeps, and what woke it', () => {
    const asleep = asleepModel();
    expect(statusLine(asleep, NOW)).toMatch(/^ +paused since \d\d:\d\d:30, wakes at the first byte$/);
    expect(statusLine(wokenModel(), NOW)).toMatch(
      /woken after 28 s by a new connection from 10\.0\.0\.7 \(.*\) in 1\.9 ms$/,
    );
  });

  it('says every change with its reason, but not its step twice', () => {
    const lines = capacityView(75).changes.map(changeLine);
    expect(lines[0]).toBe(
      '    ▲ capacity 2.5 → 7.5 ACU: CPU asks for 7.2 (0.21 running, 0.84 waiting for the limit)',
    );
    const [lowered] = capacityView(100).changes.map(changeLine);
    expect(lowered).toMatch(/^ {4}▼ capacity \S+ → 0\.5 ACU: nothing above 0\.5 was needed lately$/);
  });
});
