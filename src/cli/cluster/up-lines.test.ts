import { describe, expect, it } from 'vitest';
import type { ClusterStatus, FleetMessage } from '../../daemon/fleet.ts';
import { ASLEEP, CHANGES, CRM, LATEST, NOW, SHOP } from './cluster-fixture.ts';
import { firstLines, lastLines, UpNews } from './up-lines.ts';

const UP = { stateDir: '/srv/a', url: 'http://127.0.0.1:8642', tokenFile: '/srv/a/token' };
const DASHBOARD = ['  dashboard: http://127.0.0.1:8642/'];

describe('airglow up', () => {
  it('says where everything is, how each database is, and how to enforce capacity', async () => {
    const text = `${firstLines(UP, DASHBOARD, [SHOP, CRM], 'The memory controller is missing. Run it as root.', ' --state /srv/a').join('\n')}\n`;
    await expect(text).toMatchFileSnapshot('golden/up.txt');
  });

  it('says what to do first', () => {
    const text = firstLines(UP, DASHBOARD, [], null, '').join('\n');
    expect(text).toContain('airglow cluster create NAME');
  });

  it('says once that capacity is enforced', () => {
    expect(firstLines(UP, DASHBOARD, [SHOP], null, '')).toContain('  Capacity is enforced by the kernel.');
  });

  it('has one line for what is news, and none for what is not', () => {
    const news = new UpNews('UTC');
    const line = (message: FleetMessage) => news.linesOf(message, NOW);
    const change = CHANGES[0]!;
    expect(line({ kind: 'decision', name: 'shop', decision: change })).toEqual([
      '12:00:00 shop: up from 0.5 to 3.5 ACU: CPU asks for 3.2 (0.60 running, 0.20 waiting for the limit)',
    ]);
    expect(line({ kind: 'decision', name: 'shop', decision: LATEST })).toEqual([]);
    expect(line({ kind: 'counters', name: 'shop', points: [] })).toEqual([]);
    expect(line({ kind: 'status', name: 'shop', status: 'stopped' })).toEqual(['12:00:00 shop: stopped']);
    const event = { atMs: NOW, kind: 'x', severity: 'info', message: 'a\u001b[2J b', data: {} } as const;
    expect(line({ kind: 'event', name: 'shop', event })).toEqual(['12:00:00 shop: a [2J b']);
  });

  it('tells a pause and a resume once, by their events', () => {
    const news = new UpNews('UTC');
    const status = (to: ClusterStatus) => ({ kind: 'status', name: 'shop', status: to }) as const;
    const event = (kind: string, message: string) =>
      ({
        kind: 'event',
        name: 'shop',
        event: { atMs: NOW, kind, severity: 'info', message, data: {} },
      }) as const;
    const change = { fromAcu: 0.5, toAcu: 0, pause: { kind: 'due' } } as const;
    const due = { ...LATEST, decision: { ...LATEST.decision, ...change } };
    const messages: readonly FleetMessage[] = [
      { kind: 'decision', name: 'shop', decision: due },
      event('pause-initiated', 'nobody used it for 5 min'),
      status('paused'),
      event('paused', 'it is paused'),
      status('resuming'),
      event('resumed', 'resumed in 1.8 ms by a new connection'),
      status('available'),
      status('stopped'),
      status('available'),
    ];
    expect(messages.flatMap((message) => news.linesOf(message, NOW))).toEqual([
      '12:00:00 shop: nobody used it for 5 min',
      '12:00:00 shop: it is paused',
      '12:00:00 shop: resumed in 1.8 ms by a new connection',
      '12:00:00 shop: stopped',
      '12:00:00 shop: available',
    ]);
  });

  it('says what runs on, and how it is stopped', () => {
    expect(lastLines([SHOP, CRM], '')).toEqual([
      'airglow has ended; shop runs on at its maximum: nobody follows the load.',
      'To stop a database: airglow up again, then airglow cluster stop shop',
    ]);
    expect(lastLines([CRM, ASLEEP], '')).toEqual([
      'airglow has ended; no database runs.',
      'night stays paused; the next client wakes it.',
    ]);
    expect(lastLines([CRM], '')).toEqual(['airglow has ended; no database runs.']);
  });
});
