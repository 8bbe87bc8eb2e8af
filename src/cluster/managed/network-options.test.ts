import { describe, expect, it } from 'vitest';
import type { ClusterEngine } from './model.ts';
import { checkNetwork, hostForClients, isLoopback } from './network-options.ts';

const installed: ClusterEngine = { major: 15, source: 'installed', installDir: '/usr/lib/postgresql/15' };
const bundled: ClusterEngine = { ...installed, major: 18, source: 'bundled' };

function refusal(listen: string, allow: string[] = [], engine = installed): string | null {
  try {
    checkNetwork({ listen, allow, tls: false }, engine);
    return null;
  } catch (error) {
    return `${(error as { code: string }).code} ${(error as Error).message}`;
  }
}

describe('where a database listens', () => {
  it('may be any address of an installed one', () => {
    for (const listen of ['127.0.0.1', 'localhost', '::1', '*', '0.0.0.0', '10.1.2.3', 'fd00::1'])
      expect(refusal(listen)).toBeNull();
    for (const listen of ['', 'example.org', '10.0.0', '10.0.0.1,10.0.0.2', "x'"])
      expect(refusal(listen)).toMatch(/^INVALID_ARGUMENT/);
  });

  it('is loopback with the bundled one', () => {
    for (const listen of ['127.0.0.1', '127.9.9.9', 'localhost', '::1'])
      expect(refusal(listen, [], bundled)).toBeNull();
    for (const listen of ['*', '0.0.0.0', '::', '10.1.2.3'])
      expect(refusal(listen, [], bundled)).toMatch(/install/);
    expect(isLoopback('128.0.0.1')).toBe(false);
  });

  it('is named so that a client of this host finds it', () => {
    const hosts = ['*', '0.0.0.0', '::', '::1', 'fd00::1', '10.1.2.3', 'localhost'].map(hostForClients);
    expect(hosts).toEqual(['127.0.0.1', '127.0.0.1', '[::1]', '[::1]', '[fd00::1]', '10.1.2.3', '127.0.0.1']);
  });
});

describe('who may connect', () => {
  it('is a network', () => {
    expect(refusal('*', ['10.0.0.0/8', '0.0.0.0/0', '2001:db8::/32', '10.1.2.3/32'])).toBeNull();
    for (const one of [
      '10.0.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '::/129',
      'all',
      '10.0.0.0/8 trust',
      '10.0.0.0/8\nhost',
    ])
      expect(refusal('*', [one])).toMatch(/^INVALID_ARGUMENT/);
  });
});
