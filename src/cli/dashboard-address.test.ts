import { describe, expect, it } from 'vitest';
import { dashboardAddress, dashboardLines } from './dashboard-address.ts';

const SERVED_AT = 'http://127.0.0.1:8642';

describe('addresses of the dashboard', () => {
  it.each([
    [{}, '/'],
    [{ database: 'shop' }, '/db/shop'],
    [{ database: 'shop', page: 'capacity' } as const, '/db/shop/capacity'],
    [
      { database: 'shop', page: 'load', fromMs: 1_795_348_800_000, toMs: 1_795_352_400_000.4 } as const,
      '/db/shop/load?from=1795348800000&to=1795352400000',
    ],
    [{ database: '../a b?c' }, '/db/..%2Fa%20b%3Fc'],
  ])('%j', (place, path) => {
    expect(dashboardAddress(SERVED_AT, place)).toBe(`${SERVED_AT}${path}`);
    expect(dashboardAddress(`${SERVED_AT}/`, place)).toBe(`${SERVED_AT}${path}`);
  });

  it('end with the token', () => {
    expect(dashboardAddress(SERVED_AT, {}, 'a_b-c')).toBe(`${SERVED_AT}/?token=a_b-c`);
    expect(dashboardAddress(SERVED_AT, { database: 'x', fromMs: 1 }, 't')).toBe(
      `${SERVED_AT}/db/x?from=1&token=t`,
    );
  });

  it('have the token on a terminal, and not in a log', () => {
    const daemon = { url: SERVED_AT, token: 'secret-token' };
    const option = ' --state /srv/a';
    expect(dashboardLines(daemon, { isTerminal: true, option }).join()).toContain('?token=secret-token');
    const logged = dashboardLines(daemon, { isTerminal: false, option }).join();
    expect(logged).not.toContain('secret');
    expect(logged).toContain(`${SERVED_AT}/ (airglow dashboard --state /srv/a prints`);
  });
});
