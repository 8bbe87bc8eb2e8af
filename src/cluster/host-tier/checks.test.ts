import { describe, expect, it } from 'vitest';
import { checkFolder, whyNoRoom, whyNotWritable } from './check-folder.ts';
import { checkLeaving } from './check-leaving.ts';
import { checkPromise } from './check-promise.ts';
import { promisedTo } from './model.ts';
import type { TierTenant } from './model.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

function tenant(name: string, change: Partial<TierTenant> = {}): TierTenant {
  return { name, wantedBytes: 0, startedBytes: 0, isRunning: false, usedBytes: 0, ...change };
}

describe('what a database is promised', () => {
  const shop = tenant('shop', { wantedBytes: 4 * GIB, startedBytes: 4 * GIB, isRunning: true });
  const crm = tenant('crm', { wantedBytes: 2 * GIB });
  const ask = (name: string, wantedBytes: number, tierBytes = 8 * GIB, tenants = [shop, crm]) =>
    checkPromise({ name, wantedBytes, tierBytes, unavailable: null, tenants });

  it('is what it runs with or will run with, whichever is more', () => {
    expect(promisedTo({ ...shop, wantedBytes: GIB })).toBe(4 * GIB);
    expect(promisedTo({ ...shop, wantedBytes: GIB, isRunning: false })).toBe(GIB);
    expect(promisedTo(crm)).toBe(2 * GIB);
  });

  it('fits to the last byte, and what it has itself does not stand in its way', () => {
    ask('web', 2 * GIB);
    ask('shop', 6 * GIB);
    ask('crm', 0);
    expect(() => ask('web', 2 * GIB + 1)).toThrow('is left');
    expect(() => ask('shop', 6 * GIB + 1)).toThrow('is left');
  });

  it('is refused with who has it and the way out', () => {
    expect(() => ask('web', 3 * GIB)).toThrow(
      expect.objectContaining({
        code: 'TIER_UNAVAILABLE',
        message:
          'web cannot have a tiered cache of 3 GiB: the tier of this host has 8 GiB, of which 2 GiB is left (promised already: shop ' +
          '4 GiB, crm 2 GiB). Ask for less, lower another one with airglow cluster modify NAME --tiered-cache GiB, or make the tier ' +
          'larger: airglow host tiered-cache disable, then enable.',
      }),
    );
  });

  it('is nothing where no tier is on, and that is said with the command for it', () => {
    expect(() => ask('web', 1.5 * GIB, 0)).toThrow(
      /no second tier.*airglow host tiered-cache enable --path DIR --size 2$/,
    );
    ask('web', 0, 0);
  });

  it('is nothing where the host can have no tier, and no command is named that cannot work', () => {
    const unavailable = 'Only root may turn swap on. Run airglow up as root.';
    const asked = { name: 'web', wantedBytes: GIB, tierBytes: 0, unavailable, tenants: [] };
    expect(() => checkPromise(asked)).toThrow(
      expect.objectContaining({
        code: 'TIER_UNAVAILABLE',
        message:
          'web cannot have a tiered cache of 1 GiB: this host has no second tier. Only root may turn swap on. Run airglow up as root',
      }),
    );
  });
});

describe('switching off', () => {
  it('waits for databases that run with it, and names the way out', () => {
    const tenants = [
      tenant('shop', { wantedBytes: 0, startedBytes: GIB, isRunning: true }),
      tenant('crm', { wantedBytes: GIB, isRunning: true }),
      tenant('web', { startedBytes: GIB }),
    ];
    expect(() => checkLeaving(tenants, 0, GIB)).toThrow(
      expect.objectContaining({
        code: 'TIER_IN_USE',
        message: expect.stringMatching(
          /while shop runs with it.*airglow cluster modify shop --tiered-cache 0.*restart/,
        ) as string,
      }),
    );
    checkLeaving(tenants.slice(1), 0, 0);
  });

  it('needs memory for what lies there', () => {
    checkLeaving([], GIB, 2 * GIB);
    expect(() => checkLeaving([], GIB, GIB)).toThrow(expect.objectContaining({ code: 'TIER_IN_USE' }));
  });
});

describe('a folder for the tier', () => {
  const on = (type: string, isReadOnly = false) => ({ type, mountPath: '/mnt/x', isReadOnly });

  it('is on a local disk that takes swap files', () => {
    for (const type of ['ext4', 'xfs', 'btrfs', 'f2fs']) expect(whyNotWritable(on(type))).toBeNull();
    expect(whyNotWritable(null)).toBeNull();
    expect(whyNotWritable(on('tmpfs'))).toMatch('memory itself');
    for (const type of ['nfs4', 'cifs', 'ceph', '9p', 'fuse.sshfs', 'virtiofs'])
      expect(whyNotWritable(on(type))).toMatch('not a local disk');
    expect(whyNotWritable(on('overlay'))).toMatch('takes no swap files');
    expect(whyNotWritable(on('ext4', true))).toMatch('read-only');
  });

  it('keeps some room free: 5 % of a small disk, 1 GiB of a large one', () => {
    expect(whyNoRoom({ totalBytes: 10 * GIB, freeBytes: 2 * GIB }, 1.5 * GIB)).toBeNull();
    expect(whyNoRoom({ totalBytes: 10 * GIB, freeBytes: 2 * GIB }, 1.5 * GIB + 1)).toMatch('1.5 GiB at most');
    expect(whyNoRoom({ totalBytes: 1000 * GIB, freeBytes: 20 * GIB }, 19 * GIB)).toBeNull();
    expect(whyNoRoom({ totalBytes: 10 * GIB, freeBytes: 550 * MIB }, 256 * MIB)).toMatch('free some room');
  });

  it('is there, is a folder, and is named as a whole', async () => {
    await expect(checkFolder('', MIB)).rejects.toThrow('"" cannot hold the tiered cache: it names no folder');
    await expect(checkFolder('mnt/nvme', MIB)).rejects.toThrow('no whole path');
    await expect(checkFolder('/mnt/there/is/none', MIB)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('no such folder') as string,
    });
    await expect(checkFolder(import.meta.filename, MIB)).rejects.toThrow('no folder');
  });
});
