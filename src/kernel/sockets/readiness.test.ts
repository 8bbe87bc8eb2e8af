import { closeSync, openSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { foreignDescriptors } from './foreign-descriptors.ts';
import { openOwnSockets } from './own-sockets-fixture.ts';
import { openReadinessSet } from './readiness.ts';
import type { ReadinessSet } from './readiness.ts';

const isHere = foreignDescriptors() !== null;

function open(): ReadinessSet {
  const set = openReadinessSet();
  if (set === null) throw new Error('the foreign-function library does not run here');
  return set;
}

describe.skipIf(!isHere)('a set of descriptors (not where the foreign-function library does not run)', () => {
  it('tells by its key which one became readable, as long as it is', async () => {
    await using first = await openOwnSockets();
    await using second = await openOwnSockets();
    const set = open();
    set.add(first.near.descriptor, 7);
    set.add(second.near.descriptor, 0x7fff_fffe);
    expect(set.ready()).toEqual([]);
    const waiting = set.wait();
    second.far.socket.write('x');
    expect(await waiting).toEqual([0x7fff_fffe]);
    expect(set.ready()).toEqual([0x7fff_fffe]);
    first.far.socket.write('x');
    while (set.ready().length < 2) await new Promise(setImmediate);
    expect(set.ready().toSorted((a, b) => a - b)).toEqual([7, 0x7fff_fffe]);
    set.remove(first.near.descriptor);
    expect(set.ready()).toEqual([0x7fff_fffe]);
    set.close();
  });

  it('tells of who waits to be accepted, and of who has gone', async () => {
    await using own = await openOwnSockets();
    const set = open();
    set.add(own.near.descriptor, 1);
    own.far.socket.end();
    expect(await set.wait()).toEqual([1]);
    set.close();
  });

  it('may be a member of another one', async () => {
    await using own = await openOwnSockets();
    const [inner, outer] = [open(), open()];
    inner.add(own.near.descriptor, 3);
    outer.add(inner.descriptor, 5);
    expect(outer.ready()).toEqual([]);
    const waiting = outer.wait();
    own.far.socket.write('x');
    expect(await waiting).toEqual([5]);
    expect(inner.ready()).toEqual([3]);
    outer.remove(inner.descriptor);
    inner.close();
    outer.close();
  });

  it('takes what is added while somebody waits', async () => {
    await using own = await openOwnSockets();
    const set = open();
    const waiting = set.wait();
    own.far.socket.write('x');
    set.add(own.near.descriptor, 2);
    expect(await waiting).toEqual([2]);
    set.close();
  });

  it('lets go of who waits when it is interrupted', async () => {
    const set = open();
    const waiting = set.wait();
    set.interrupt();
    set.interrupt();
    expect(await waiting).toEqual([]);
    expect(await set.wait()).toEqual([]);
    set.close();
  });

  it('says what it cannot take, and holds nothing when it is closed', () => {
    const held = (): number => readdirSync('/proc/self/fd').length;
    const before = held();
    for (let turn = 0; turn < 10; turn++) {
      const set = open();
      const file = openSync('/proc/self/status', 'r');
      expect(() => set.add(-1, 1)).toThrow(/errno/);
      // A plain file is always ready, so the kernel refuses it.
      expect(() => set.add(openAndClose(), 1)).toThrow(/errno/);
      expect(() => set.remove(file)).not.toThrow();
      set.interrupt();
      set.close();
      closeSync(file);
    }
    expect(held()).toBe(before);
  });
});

function openAndClose(): number {
  const file = openSync('/proc/self/status', 'r');
  closeSync(file);
  return file;
}
