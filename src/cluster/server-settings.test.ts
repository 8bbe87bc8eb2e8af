import { describe, expect, it } from 'vitest';
import { renderSettings } from './server-settings.ts';

const place = { port: 5555, socketDir: '/tmp/a, b', statStatements: false };

describe('server settings', () => {
  it('writes numbers, switches and texts as postgresql.conf wants them', () => {
    const text = renderSettings(place, {
      max_connections: 7,
      track_io_timing: true,
      log_line_prefix: "it's \\ %m",
    });
    expect(text).toContain("max_connections = '7'\n");
    expect(text).toContain('track_io_timing = on\n');
    expect(text).toContain("log_line_prefix = 'it''s \\\\ %m'\n");
  });

  it('never listens beyond loopback or on another port', () => {
    const text = renderSettings(place, {
      listen_addresses: '*',
      port: 1,
      unix_socket_directories: '/elsewhere',
    });
    expect(text.match(/^listen_addresses = .*$/gm)).toEqual(["listen_addresses = '127.0.0.1'"]);
    expect(text.match(/^port = .*$/gm)).toEqual(["port = '5555'"]);
    expect(text.match(/^unix_socket_directories = .*$/gm)).toEqual([
      `unix_socket_directories = '"/tmp/a, b"'`,
    ]);
  });

  it('adds pg_stat_statements to the libraries asked for', () => {
    const libraries = (statStatements: boolean, asked: string): string | undefined =>
      /^shared_preload_libraries = (.*)$/m.exec(
        renderSettings({ ...place, statStatements }, asked === '' ? {} : { shared_preload_libraries: asked }),
      )?.[1];
    expect(libraries(false, '')).toBe("''");
    expect(libraries(true, '')).toBe("'pg_stat_statements'");
    expect(libraries(true, 'auto_explain')).toBe("'pg_stat_statements,auto_explain'");
  });
});
