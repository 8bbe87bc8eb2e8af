import { describe, expect, it } from 'vitest';
import { clusterOf, summaryOf } from './fleet-fixture.ts';
import { fleetRows, isOverloaded, relativeLoad, type FleetRow } from './fleet-row.ts';
import { searchRows, worstFirst } from './order.ts';

const names = (rows: readonly FleetRow[]): readonly string[] => rows.map(({ name }) => name);

describe('rows of the fleet', () => {
  it('tells the state from the database that runs, else from the connection', () => {
    const rows = fleetRows(
      [
        summaryOf('up', 1),
        summaryOf('asleep', null, { connection: 'paused' }),
        summaryOf('lost', null, {
          connection: 'waiting to reconnect',
          lastError: { code: 'X', message: 'connection refused', atMs: 1 },
        }),
        summaryOf('broken', 3),
        summaryOf('gone', null, { watched: false, connection: null }),
      ],
      [clusterOf('broken', 'failed', { statusReason: 'disk full' }), clusterOf('new', 'creating')],
    );
    expect(rows.map(({ name, state, told }) => [name, state, told])).toEqual([
      ['up', 'connected', ''],
      ['asleep', 'asleep', ''],
      ['lost', 'unreachable', 'connection refused'],
      ['broken', 'failed', 'disk full'],
      ['gone', 'recorded only', 'nothing observes it now'],
      ['new', 'changing', 'creating'],
    ]);
    // What was measured before it broke is not its load.
    expect(rows.find(({ name }) => name === 'broken')?.load).toBeNull();
  });

  it('takes a small capacity that one session exceeds for no overload', () => {
    const [small, large] = fleetRows([summaryOf('a', 0.3, { vcpus: 0.125 }), summaryOf('b', 6)], []);
    expect(small && relativeLoad(small)).toBeCloseTo(2.4);
    expect(small && isOverloaded(small)).toBe(false);
    expect(large && isOverloaded(large)).toBe(true);
  });
});

describe('worst first', () => {
  it('puts broken ones first, then the overloaded, the loaded, and the quiet ones last', () => {
    const rows = fleetRows(
      [
        summaryOf('stopped', null, { connection: 'stopped' }),
        summaryOf('sleeping', null, { connection: 'paused' }),
        summaryOf('idle', 0),
        summaryOf('half', 1),
        summaryOf('over', 5),
        summaryOf('large', 8, { vcpus: 32 }),
        summaryOf('tiny', 0.5, { vcpus: 0.125 }),
        summaryOf('lost', null, { connection: 'waiting to reconnect' }),
      ],
      [],
    );
    expect(names(worstFirst(rows))).toEqual([
      'lost',
      'over',
      'tiny',
      'half',
      'large',
      'idle',
      'sleeping',
      'stopped',
    ]);
  });

  it('puts the one that waits for CPU before an equally loaded one', () => {
    const waiting = summaryOf('z', 1);
    const load = waiting.load && { ...waiting.load, cpuRunning: 0.2, cpuWaiting: 0.8 };
    const rows = fleetRows([summaryOf('a', 1), { ...waiting, load }], []);
    expect(names(worstFirst(rows))).toEqual(['z', 'a']);
  });

  it('leaves rows in place whose load differs by a trifle', () => {
    const at = (a: number, b: number) =>
      names(worstFirst(fleetRows([summaryOf('a', a), summaryOf('b', b)], [])));
    expect(at(1, 1.02)).toEqual(at(1.02, 1));
  });

  it('finds by every word of name, state and address', () => {
    const rows = fleetRows(
      [summaryOf('Shop-EU', 1), summaryOf('shop-us', null, { connection: 'paused' })],
      [],
    );
    expect(names(searchRows(rows, 'shop'))).toEqual(['Shop-EU', 'shop-us']);
    expect(names(searchRows(rows, ' asleep SHOP '))).toEqual(['shop-us']);
    expect(names(searchRows(rows, ''))).toHaveLength(2);
  });
});
