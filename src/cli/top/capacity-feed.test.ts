import { describe, expect, it } from 'vitest';
import type { Decision } from '../../capacity/model.ts';
import type { ClusterDescription, Fleet, FleetMessage, TimedDecision } from '../../daemon/fleet.ts';
import { CLUSTER, decision } from './capacity-fixture.ts';
import { CapacityFeed } from './capacity-feed.ts';

const AT = 1_000_000_000;

/** The two methods that a feed uses. */
function scriptedFleet() {
  const listeners = new Set<(message: FleetMessage) => void>();
  let cluster = CLUSTER;
  const fleet: Pick<Fleet, 'describe' | 'subscribe'> = {
    describe: () => cluster,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const tell = (atMs: number, values: Partial<Decision>, name = 'demo'): void => {
    const message = {
      kind: 'decision',
      name,
      decision: { atMs, decision: decision(values), reason: 'why' },
    } as const;
    for (const listener of listeners) listener(message);
  };
  const become = (values: Partial<ClusterDescription>): void => {
    cluster = { ...cluster, ...values };
    for (const listener of listeners) listener({ kind: 'status', name: 'demo', status: cluster.status });
  };
  return { fleet, tell, become, listeners };
}

describe('CapacityFeed', () => {
  it('keeps every decision as a point and every change newest first, of its database only', () => {
    const { fleet, tell } = scriptedFleet();
    const heard: TimedDecision[] = [];
    const feed = new CapacityFeed(fleet, 'demo', (change) => heard.push(change));
    tell(AT, { fromAcu: 0.5, toAcu: 0.5 });
    tell(AT + 1, { fromAcu: 0.5, toAcu: 4, demandAcu: 3.9 });
    tell(AT + 2, { fromAcu: 4, toAcu: 8 });
    tell(AT + 3, { fromAcu: 1, toAcu: 2 }, 'other');
    const { points, changes, latest, cluster } = feed.view();
    expect(points.map(({ acu }) => acu)).toEqual([0.5, 4, 8]);
    expect(points[1]).toEqual({ atMs: AT + 1, acu: 4, demandAcu: 3.9 });
    expect(changes.map((change) => change.decision.toAcu)).toEqual([8, 4]);
    expect(heard.map((change) => change.decision.toAcu)).toEqual([4, 8]);
    expect(latest?.atMs).toBe(AT + 2);
    expect(cluster).toBe(CLUSTER);
  });

  it('keeps what a fast look does not know from the last full one', () => {
    const { fleet, tell } = scriptedFleet();
    const feed = new CapacityFeed(fleet, 'demo');
    tell(AT, { parts: { cpu: 1, memory: 0.4, network: 0.2, connections: 0.1 } });
    tell(AT + 1, { kind: 'fast', parts: { cpu: 5, memory: 0.5, network: null, connections: null } });
    expect(feed.view().latest?.decision.parts).toEqual({
      cpu: 5,
      memory: 0.5,
      network: 0.2,
      connections: 0.1,
    });
    // What a full look does not know is not known.
    tell(AT + 2, { parts: { cpu: 1, memory: null, network: null, connections: null } });
    expect(feed.view().latest?.decision.parts.memory).toBeNull();
  });

  it('takes capacity for zero from the pause to the wake, and not for being asked to', () => {
    const { fleet, tell, become } = scriptedFleet();
    const heard: TimedDecision[] = [];
    const feed = new CapacityFeed(fleet, 'demo', (change) => heard.push(change));
    const { pause, capacity } = CLUSTER;
    become({ status: 'available' });
    tell(AT, { fromAcu: 0.5, toAcu: 0, demandAcu: 0.1 });
    expect(feed.view().changes).toEqual([]);
    // Refused; then asked for again.
    tell(AT + 1_000, { fromAcu: 0.5, toAcu: 0.5 });
    tell(AT + 60_000, { fromAcu: 0.5, toAcu: 0 });
    become({ status: 'paused', pause: { ...pause, pausedAtMs: AT + 60_010 } });
    const lastWake = { atMs: AT + 90_000, tookMs: 2, pausedMs: 29_990, cause: 'a byte' };
    become({ status: 'resuming' });
    become({ status: 'available', pause: { ...pause, lastWake }, capacity: { ...capacity, current: 2 } });
    const points = feed.view().points.map(({ atMs, acu }) => [atMs - AT, acu]);
    expect(points.slice(-3)).toEqual([
      [60_000, 0.5],
      [60_010, 0],
      [90_000, 2],
    ]);
    expect(points.filter(([, acu]) => acu === 0)).toHaveLength(1);
    expect(heard.map(({ atMs }) => atMs - AT)).toEqual([60_000]);
    expect(feed.view().changes).toEqual(heard);
  });

  it('remembers an hour, and what was shown does not change underneath a paused picture', () => {
    const { fleet, tell } = scriptedFleet();
    const feed = new CapacityFeed(fleet, 'demo');
    tell(AT, {});
    const before = feed.view();
    tell(AT + 3_600_001, {});
    expect(before.points).toHaveLength(1);
    expect(feed.view().points.map(({ atMs }) => atMs)).toEqual([AT + 3_600_001]);
  });

  it('hears nothing any more once it is stopped', () => {
    const { fleet, listeners } = scriptedFleet();
    const feed = new CapacityFeed(fleet, 'demo');
    feed.stop();
    expect(listeners.size).toBe(0);
  });
});
