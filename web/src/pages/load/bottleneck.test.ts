import { describe, expect, it } from 'vitest';
import { findBottleneck } from './bottleneck.ts';

const of = (waits: Record<string, number>, vcpus: number | null = 2) =>
  findBottleneck(
    Object.entries(waits).map(([key, aas]) => ({ key, aas })),
    vcpus,
  );

describe('the bottleneck', () => {
  it('is CPU when sessions queue for it', () => {
    const found = of({ 'CPU:Running': 1.9, 'CPU:Waiting': 6.1 });
    expect(found).toMatchObject({ level: 'stuck', title: 'CPU', wait: 'CPU:Waiting' });
    expect(found.sentence).toContain('6.10 sessions on average wait for a processor while 1.90 run: 76 %');
  });

  it('is the host when its processors are busy with something else', () => {
    const waits = [{ key: 'CPU:Waiting', aas: 6 }];
    expect(findBottleneck(waits, 2, true).sentence).toContain('the processors of the host are busy');
    expect(findBottleneck(waits, 2, false).sentence).toContain('More capacity, or less work');
  });

  it('is CPU in the session view, where more want one than there are', () => {
    expect(of({ CPU: 8 })).toMatchObject({ level: 'stuck', title: 'CPU', wait: 'CPU' });
  });

  it('is no bottleneck when CPU is used to 97 % and nobody queues', () => {
    const found = of({ 'CPU:Running': 1.94, 'CPU:Waiting': 0.05 });
    expect(found.level).toBe('busy');
    expect(found.sentence).toContain('CPU is 97 % used. That is a problem only when sessions queue for it');
  });

  it('is what most wait for, not what uses most CPU', () => {
    expect(of({ 'CPU:Running': 1, 'Lock:tuple': 6, 'Lock:transactionid': 5 })).toMatchObject({
      title: 'Locks',
      wait: 'Lock:tuple',
    });
    expect(of({ 'CPU:Running': 0.5, 'IO:WalSync': 3 })).toMatchObject({
      title: 'Storage',
      wait: 'IO:WalSync',
    });
  });

  it('is the second cache tier where pages come from there, and storage where most do not', () => {
    const tier = of({ 'IO:DataFileRead': 0.5, 'IO:TieredCacheRead': 3 });
    expect(tier).toMatchObject({ title: 'Second cache tier', wait: 'IO:TieredCacheRead' });
    expect(tier.sentence).toContain(
      '3.50 sessions on average wait for pages that come back from local storage',
    );
    expect(of({ 'IO:DataFileRead': 3, 'IO:TieredCacheRead': 0.5 })).toMatchObject({
      title: 'Storage',
      wait: 'IO:DataFileRead',
    });
  });

  it('of an unknown kind is named as it is', () => {
    expect(of({ 'Novelty:Thing': 3 }).title).toBe('Novelty');
  });

  it('is not there when little is waited for', () => {
    expect(of({ 'CPU:Running': 0.4, 'IO:DataFileRead': 0.1 }).level).toBe('fine');
    expect(of({}).level).toBe('quiet');
    expect(of({ 'CPU:Running': 0.4 }, null).level).toBe('fine');
  });
});
