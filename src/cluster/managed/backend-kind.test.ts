import { describe, expect, it } from 'vitest';
import { backendOf } from './backend-kind.ts';

const kindOf = (title: string): string | undefined => backendOf(title)?.kind;

describe('the title of a process', () => {
  it.each([
    'postgres: bob shop [local] idle',
    'postgres: bob shop 127.0.0.1(51234) SELECT',
    'postgres: bob shop ::1(51234) idle in transaction',
    'postgres: main: bob shop 10.0.0.7(51234)',
    'postgres: bob shop [local] authentication',
    'postgres: the user the database [local] UPDATE waiting',
    'postgres: checkpointer checkpointer [local] idle',
    'postgres: b s [local]',
  ])('tells a client: %s', (title) => {
    expect(kindOf(title)).toBe('client');
  });

  it.each([
    'postgres: checkpointer',
    'postgres: main: checkpointer',
    'postgres: background writer',
    'postgres: walwriter',
    'postgres: autovacuum launcher',
    'postgres: logical replication launcher',
    'postgres: io worker 2',
    'postgres: startup recovering 000000010000000000000001',
    'postgres: walreceiver streaming 0/3000060',
    'postgres: walsender repl 10.0.0.7(51234) streaming 0/3000060',
    'postgres: main: walsender repl shop [local] START_REPLICATION',
    'postgres: logical replication apply worker for subscription 16394',
    'postgres: archiver last was 000000010000000000000001',
  ])('tells what must not fail: %s', (title) => {
    expect(kindOf(title)).toBe('other');
  });

  it('tells whom a parallel worker works for', () => {
    expect(backendOf('postgres: parallel worker for PID 4711')).toEqual({
      kind: 'parallel-worker',
      leaderPid: 4711,
    });
    expect(backendOf('postgres: main: parallel worker for PID 4711 ')?.leaderPid).toBe(4711);
  });

  it('tells an autovacuum worker', () => {
    expect(kindOf('postgres: autovacuum worker shop')).toBe('autovacuum-worker');
    expect(kindOf('postgres: main: autovacuum worker')).toBe('autovacuum-worker');
  });

  it('tells nothing of a process that has none yet', () => {
    expect(backendOf('/usr/lib/postgresql/18/bin/postgres -D /var/lib/postgresql')).toBeNull();
    expect(backendOf('')).toBeNull();
  });
});
