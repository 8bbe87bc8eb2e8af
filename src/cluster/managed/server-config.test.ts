import { describe, expect, it } from 'vitest';
import { DEFAULT_SHAPE } from '../../capacity/acu.ts';
import { clusterFolder } from './cluster-folder.ts';
import { NO_OPTIMIZED_READS } from './model.ts';
import type { ClusterSpec } from './model.ts';
import { commandLine, renderCapacity, renderConfig, renderHba, sizingBasis } from './server-config.ts';

const spec: ClusterSpec = {
  name: 'one',
  id: '0123456789ab',
  createdAtMs: 0,
  engine: { major: 15, source: 'installed', installDir: '/usr/lib/postgresql/15' },
  port: 5555,
  network: { listen: '127.0.0.1', allow: [], tls: false },
  minAcu: 0.5,
  secondsUntilAutoPause: 300,
  ignoreActivity: [],
  maxAcu: 8,
  parameters: {},
  optimizedReads: NO_OPTIMIZED_READS,
  osUser: { name: 'postgres', isOwn: false },
  wanted: 'stopped',
  postmaster: null,
};
const folder = clusterFolder("/srv/it's, here");
const basis = sizingBasis(spec, DEFAULT_SHAPE, { cpus: 4, memoryBytes: 16 * 1024 ** 3 }, true);

function config(change: Partial<ClusterSpec>, hasTier = true): string {
  const changed = { ...spec, ...change };
  return renderConfig(changed, folder, sizingBasis(changed, DEFAULT_SHAPE, basis.host, hasTier));
}

describe('postgresql.conf', () => {
  it('gives shared memory the size of the tier below it, where the host has one', () => {
    const change = { optimizedReads: { ...NO_OPTIMIZED_READS, tieredCacheBytes: 4 * 1024 ** 3 } };
    expect(config(change)).toContain("shared_buffers = '4194304kB'");
    expect(config(change, false)).toContain("shared_buffers = '262144kB'");
  });

  it('has no tier where the user chose another size of shared memory', () => {
    const optimizedReads = { ...NO_OPTIMIZED_READS, tieredCacheBytes: 4 * 1024 ** 3 };
    const own = { ...spec, optimizedReads, parameters: { shared_buffers: '512MB' } };
    expect(sizingBasis(own, DEFAULT_SHAPE, basis.host, true).tierBytes).toBe(0);
    expect(config({ optimizedReads, parameters: own.parameters })).not.toContain('4194304kB');
  });

  it('puts what the user chose after what follows capacity, and ours last', () => {
    const text = config({ parameters: { work_mem: '1MB', restart_after_crash: 'off' } });
    const order = [
      'shared_buffers =',
      "include '/srv/it''s, here/capacity.conf'",
      "work_mem = '1MB'",
      'huge_pages =',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text.lastIndexOf('restart_after_crash = on')).toBeGreaterThan(
      text.indexOf("restart_after_crash = 'off'"),
    );
  });

  it('adds our library to those of the user, once', () => {
    const libraries = (asked: string): string | undefined =>
      /^shared_preload_libraries = (.*)$/m.exec(
        config({ parameters: { shared_preload_libraries: asked } }),
      )?.[1];
    expect(libraries('')).toBe("'pg_stat_statements'");
    expect(libraries('auto_explain, "pg_stat_statements"')).toBe("'pg_stat_statements,auto_explain'");
  });

  it('forbids ALTER SYSTEM where it can be forbidden', () => {
    expect(config({})).not.toContain('allow_alter_system');
    expect(config({ engine: { ...spec.engine, major: 17 } })).toContain('allow_alter_system = off');
  });

  it('has TLS where there is a certificate', () => {
    expect(config({})).toContain('ssl = off');
    const text = config({ network: { ...spec.network, tls: true } });
    expect(text).toContain('ssl = on');
    expect(text).toContain("ssl_key_file = '/srv/it''s, here/server.key'");
  });
});

it('capacity.conf tells its step', () => {
  expect(renderCapacity(7.5, basis)).toContain("airglow.settings_acu = '4'\n");
  expect(renderCapacity(7.5, basis)).toBe(renderCapacity(4, basis));
});

it('the command line fixes where the server listens and who gets in', () => {
  const args = commandLine(spec, folder);
  expect(args).toContain('listen_addresses=127.0.0.1');
  expect(args).toContain('port=5555');
  expect(args).toContain(`unix_socket_directories="/srv/it's, here/run"`);
});

it('sockets move to a short folder where the path is too long', () => {
  const long = clusterFolder(`/srv/${'x'.repeat(90)}`);
  expect(long.socketDir).toMatch(/^\/tmp\/airglow-[0-9a-f]{12}$/);
  expect(clusterFolder(`/srv/${'y'.repeat(90)}`).socketDir).not.toBe(long.socketDir);
});

describe('pg_hba.conf', () => {
  const lines = (change: Partial<ClusterSpec['network']>): string[] =>
    renderHba({ ...spec.network, ...change })
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));

  it('asks everybody for a password', () => {
    const rules = lines({ allow: ['10.0.0.0/8'] });
    expect(rules.filter((line) => !/ (scram-sha-256|reject)$/.test(line))).toEqual([]);
  });

  it('keeps our own role to the socket, before anything else is said', () => {
    expect(lines({}).slice(0, 2)).toEqual([
      'local all airglow_admin scram-sha-256',
      'host all airglow_admin all reject',
    ]);
  });

  it('lets others in as told, with TLS only where there is TLS', () => {
    expect(lines({ allow: ['10.0.0.0/8'] }).at(-1)).toBe('host all,replication all 10.0.0.0/8 scram-sha-256');
    const tls = lines({ allow: ['10.0.0.0/8', 'fd00::/8'], tls: true }).filter((line) =>
      line.startsWith('hostssl'),
    );
    expect(tls).toHaveLength(2);
  });
});
