import { describe, expect, it } from 'vitest';
import { fatalCause, lastRecovery } from './log-cause.ts';

const at = (rest: string) => `2026-11-22 12:00:00.123 UTC [4711] ${rest}`;

describe('why a server has ended', () => {
  it('is the last that was fatal', () => {
    const log = [
      at('LOG:  starting PostgreSQL 17.6'),
      at('FATAL:  the database system is starting up'),
      at('PANIC:  could not locate a valid checkpoint record'),
      at('FATAL:  the database system is starting up'),
      at('LOG:  startup process (PID 4712) was terminated by signal 6: Aborted'),
      at('LOG:  database system is shut down'),
    ].join('\n');
    expect(fatalCause(log)).toBe('could not locate a valid checkpoint record');
  });

  it('is what is wrong in a file, not that something is', () => {
    const log = [
      at(
        'LOG:  104857600000kB is outside the valid range for parameter "temp_file_limit" (-1 kB .. 2147483647 kB)',
      ),
      at('FATAL:  configuration file "/srv/shop/temp.conf" contains errors'),
    ].join('\n');
    expect(fatalCause(log)).toMatch(/^104857600000kB is outside the valid range/);
    expect(fatalCause(log.split('\n')[1]!)).toBe('configuration file "/srv/shop/temp.conf" contains errors');
  });

  it('is never the text of a statement', () => {
    const log = [
      at("LOG:  statement: select 'FATAL:  secret'"),
      at('ERROR:  column "x" does not exist'),
      at('STATEMENT:  select 1,'),
      "\tPANIC:  'secret'",
    ].join('\n');
    expect(fatalCause(log)).toBeNull();
    expect(fatalCause('')).toBeNull();
  });

  it('may come before there is a log', () => {
    expect(fatalCause('postgres: could not access directory "/srv/shop/data": Permission denied')).toBe(
      'could not access directory "/srv/shop/data": Permission denied',
    );
  });
});

describe('a recovery', () => {
  const killed = at('LOG:  server process (PID 77) was terminated by signal 9: Killed');
  const again = at('LOG:  all server processes terminated; reinitializing');

  it('is told with the process that ended', () => {
    const lines = [
      at('LOG:  server process (PID 66) was terminated by signal 11: Segmentation fault'),
      at('LOG:  all server processes terminated; reinitializing'),
      killed,
      at('DETAIL:  Failed process was running: select secret'),
      at('LOG:  terminating any other active server processes'),
      at('LOG:  background worker "logical replication launcher" (PID 5) exited with exit code 1'),
      again,
      at('LOG:  database system is ready to accept connections'),
    ];
    expect(lastRecovery(lines)).toEqual({
      line: again,
      cause: 'server process (PID 77) was terminated by signal 9: Killed',
    });
    expect(lastRecovery([lines[0]!, lines[1]!, again])).toEqual({ line: again, cause: null });
  });

  it('is none before it begins, nor where a statement says so', () => {
    expect(lastRecovery([killed])).toBeNull();
    expect(
      lastRecovery([
        at('LOG:  statement: select 1 -- LOG:  all server processes terminated; reinitializing'),
      ]),
    ).toBeNull();
    expect(lastRecovery([])).toBeNull();
  });
});
