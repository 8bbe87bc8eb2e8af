import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardMemory, reserveBytes, standingCapBytes, UNGUARDED, WATCH_SHARE } from './memory-guard.ts';
import type { GuardedProcess, GuardObservation, GuardOutcome, GuardState } from './memory-guard.ts';

const MIB = 1024 ** 2;
const LIMIT = 1024 * MIB;
const RESERVE = reserveBytes(LIMIT);
const STANDING = standingCapBytes(LIMIT, 32 * MIB);
const LOOK_MS = 50;

interface Sizes {
  readonly mib: number;
  readonly mappedMib?: number;
  readonly sharedMib?: number;
  readonly leaderPid?: number;
}

/** Processes 1, 2, 3... */
function processes(...sizes: Sizes[]): GuardedProcess[] {
  return sizes.map(({ mib, mappedMib = mib, sharedMib = 0, leaderPid = null }, index) => ({
    pid: index + 1,
    privateBytes: mib * MIB,
    mappedBytes: mappedMib * MIB,
    sharedBytes: sharedMib * MIB,
    leaderPid,
  }));
}

function observe(of: readonly GuardedProcess[], change: Partial<GuardObservation> = {}): GuardObservation {
  const unevictableBytes = 100 * MIB + of.reduce((total, { privateBytes }) => total + privateBytes, 0);
  return {
    limitBytes: LIMIT,
    unevictableBytes,
    standingBytes: STANDING,
    horizonMs: 85,
    canStillRaise: false,
    processes: of,
    ...change,
  };
}

/** Two looks: what grew between them is known. */
function after(
  before: readonly GuardedProcess[],
  now: readonly GuardedProcess[],
  change: Partial<GuardObservation> = {},
): GuardOutcome {
  const { state } = guardMemory(UNGUARDED, observe(before, change), 0);
  return guardMemory(state, observe(now, change), LOOK_MS);
}

describe('guardMemory', () => {
  it('leaves everybody alone while their growth fits', () => {
    const { caps, cancels } = after(
      processes({ mib: 380 }, { mib: 280 }),
      processes({ mib: 382 }, { mib: 281 }),
    );
    expect(cancels).toEqual([]);
    // Each of them may fill what is left, and nobody can go beyond that alone.
    const room = LIMIT - RESERVE - (100 + 663) * MIB;
    expect(caps).toEqual([
      { pid: 1, capBytes: Math.ceil(382 * MIB + room), reason: 'room' },
      { pid: 2, capBytes: Math.ceil(281 * MIB + room), reason: 'room' },
    ]);
  });

  it('stops the fattest of those that grow, and only as many as it takes', () => {
    const { caps } = after(
      processes({ mib: 300 }, { mib: 250 }, { mib: 150 }, { mib: 90 }),
      processes({ mib: 324 }, { mib: 250 }, { mib: 160 }, { mib: 100 }),
    );
    expect(caps.filter(({ reason }) => reason === 'growth')).toEqual([
      { pid: 1, capBytes: 324 * MIB, reason: 'growth' },
    ]);
    expect(caps.map(({ pid }) => pid)).not.toContain(2);
  });

  it('stops one early where many grow: what it gives back is there when the others need it', () => {
    const twenty = (mib: number): GuardedProcess[] =>
      processes(...Array.from({ length: 20 }, () => ({ mib })));
    const stopped = ({ caps }: GuardOutcome): number[] =>
      caps.filter(({ reason }) => reason !== 'room').map(({ pid }) => pid);
    expect(stopped(after(twenty(36), twenty(37)))).toEqual([]);
    expect(stopped(after(twenty(39), twenty(40)))).toEqual([1]);
    expect(stopped(after(twenty(38), twenty(40), { canStillRaise: true }))).toEqual([]);
  });

  it('holds everybody but the small when nothing is left', () => {
    const { caps } = after(
      processes({ mib: 480 }, { mib: 380 }, { mib: 4 }),
      processes({ mib: 480 }, { mib: 420 }, { mib: 5 }),
    );
    expect(caps).toEqual([
      { pid: 1, capBytes: 480 * MIB, reason: 'no-room' },
      { pid: 2, capBytes: 420 * MIB, reason: 'growth' },
    ]);
  });

  it('stops small ones when every fat one is stopped', () => {
    const small = (mib: number): Sizes[] => Array.from({ length: 30 }, () => ({ mib }));
    const sizes = (mib: number): GuardedProcess[] => processes({ mib: 700 }, ...small(mib));
    const first = after(sizes(4), sizes(6));
    expect(first.caps.map(({ pid }) => pid)).toEqual([1]);
    const second = guardMemory(first.state, observe(sizes(8)), 2 * LOOK_MS);
    expect(second.caps.length).toBeGreaterThan(0);
    expect(second.caps.map(({ pid }) => pid)).not.toContain(1);
  });

  it('stops nobody whom a raise of the limit will help in time', () => {
    const [before, now] = [processes({ mib: 780 }), processes({ mib: 828 })];
    expect(after(before, now).caps.map(({ reason }) => reason)).toEqual(['growth']);
    expect(after(before, now, { canStillRaise: true }).caps).toEqual([]);
    const late = after(processes({ mib: 780 }), processes({ mib: 880 }), { canStillRaise: true });
    expect(late.caps.map(({ reason }) => reason)).toEqual(['growth']);
  });

  it('cancels who fills more than there is and has mapped it already', () => {
    const { cancels, caps } = after(
      processes({ mib: 330, mappedMib: 600 }, { mib: 330, mappedMib: 500 }),
      processes({ mib: 400, mappedMib: 600 }, { mib: 400, mappedMib: 500 }),
    );
    expect(cancels).toEqual([{ pid: 1, capBytes: 600 * MIB }]);
    expect(caps.map(({ pid }) => pid)).toEqual([2]);
  });

  it('leaves such a one the chance to fail by itself, where there is time', () => {
    const sizes = (mib: number): GuardedProcess[] => processes({ mib, mappedMib: 1000 });
    const first = after(sizes(750), sizes(760));
    expect(first.cancels).toEqual([]);
    expect(first.caps).toEqual([{ pid: 1, capBytes: 1000 * MIB, reason: 'growth' }]);
    const second = guardMemory(first.state, observe(sizes(762)), LOOK_MS + 10);
    expect([...second.cancels, ...second.caps]).toEqual([]);
    const third = guardMemory(second.state, observe(sizes(768)), LOOK_MS + 30);
    expect(third.cancels).toEqual([{ pid: 1, capBytes: 1000 * MIB }]);
  });

  it('cancels the same one again only when it had time to end', () => {
    const sizes = (mib: number): GuardedProcess[] => processes({ mib, mappedMib: 1000 });
    let { state, cancels } = after(sizes(700), sizes(780));
    expect(cancels).toHaveLength(1);
    const later: number[] = [];
    for (let look = 2; look < 30; look++) {
      ({ state, cancels } = guardMemory(state, observe(sizes(780 + look * 5)), look * LOOK_MS));
      if (cancels.length > 0) later.push(look * LOOK_MS);
    }
    expect(later).toEqual([1_050]);
  });

  it('cancels a parallel query that fills shared memory, by its leader', () => {
    const shared = (mib: number): GuardedProcess[] =>
      processes(
        { mib: 20, sharedMib: mib },
        { mib: 5, sharedMib: mib, leaderPid: 1 },
        { mib: 300, sharedMib: 150 },
      );
    const used = (mib: number): Partial<GuardObservation> => ({ unevictableBytes: (425 + mib) * MIB });
    const { state } = guardMemory(UNGUARDED, observe(shared(254), used(254)), 0);
    expect(guardMemory(state, observe(shared(254), used(254)), LOOK_MS).cancels).toEqual([]);
    expect(guardMemory(state, observe(shared(382), used(382)), LOOK_MS).cancels).toMatchObject([{ pid: 1 }]);
  });

  it('gives back what it took when there is room again', () => {
    const hungry = after(processes({ mib: 400 }, { mib: 430 }), processes({ mib: 420 }, { mib: 435 }));
    expect(hungry.caps.map(({ pid }) => pid)).toEqual([2, 1]);
    const calm = guardMemory(hungry.state, observe(processes({ mib: 5 }, { mib: 440 })), 2 * LOOK_MS);
    expect(calm.isCalm).toBe(true);
    expect(calm.lifts.toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(guardMemory(calm.state, observe(processes({ mib: 5 }, { mib: 440 })), 3 * LOOK_MS).lifts).toEqual(
      [],
    );
  });

  it('does not move a cap back and forth', () => {
    let { state, caps } = after(processes({ mib: 600 }), processes({ mib: 660 }));
    expect(caps).toHaveLength(1);
    let moves = 0;
    for (let look = 2; look < 40; look++) {
      const outcome = guardMemory(state, observe(processes({ mib: 660 + (look % 2) * 8 })), look * LOOK_MS);
      moves += outcome.caps.length + outcome.lifts.length;
      ({ state } = outcome);
    }
    expect(moves).toBe(0);
  });
});

describe('standingCapBytes', () => {
  it('is what fits into the limit beside shared memory and the reserve', () => {
    expect(standingCapBytes(1024 * MIB, 128 * MIB)).toBe((1024 - 128 - 64) * MIB);
    expect(standingCapBytes(256 * MIB, 64 * MIB)).toBe((256 - 64 - 48) * MIB);
  });

  it('leaves a process enough to exist', () => {
    expect(standingCapBytes(64 * MIB, 128 * MIB)).toBeGreaterThan(16 * MIB);
  });
});

const anyProcess = fc.record({
  mib: fc.integer({ min: 1, max: 300 }),
  grownMib: fc.integer({ min: -50, max: 60 }),
  overhangMib: fc.integer({ min: 0, max: 60 }),
});

const anyHistory = fc.record({
  of: fc.array(anyProcess, { maxLength: 12 }),
  otherMib: fc.integer({ min: 0, max: 600 }),
  canStillRaise: fc.boolean(),
  moreLooks: fc.integer({ min: 0, max: 3 }),
});
type History = typeof anyHistory extends fc.Arbitrary<infer T> ? T : never;

/** The last of some looks, with what it saw and what it knew. */
function play(history: History): {
  state: GuardState;
  seen: GuardObservation;
  outcome: GuardOutcome;
  now: number;
} {
  const { of, otherMib, canStillRaise, moreLooks } = history;
  const observation = (look: number): GuardObservation => {
    const sizes = of.map(({ mib, grownMib, overhangMib }): Sizes => {
      const size = Math.max(mib + look * grownMib, 1);
      return { mib: size, mappedMib: size + overhangMib };
    });
    const all = processes(...sizes);
    const used = all.reduce((total, { privateBytes }) => total + privateBytes, otherMib * MIB);
    return observe(all, { unevictableBytes: used, canStillRaise });
  };
  let { state } = guardMemory(UNGUARDED, observation(0), 0);
  for (let look = 1; look <= moreLooks; look++) {
    ({ state } = guardMemory(state, observation(look), look * LOOK_MS));
  }
  const now = (moreLooks + 1) * LOOK_MS;
  const seen = observation(moreLooks + 1);
  return { state, seen, outcome: guardMemory(state, seen, now), now };
}

function always(holds: (played: ReturnType<typeof play>) => void): void {
  fc.assert(
    fc.property(anyHistory, (history) => holds(play(history))),
    { numRuns: 400 },
  );
}

describe('whatever the processes do', () => {
  it('what is capped at this look can grow by no more than the room, and what it has mapped', () => {
    always(({ seen, outcome }) => {
      const room = Math.max(outcome.roomBytes, 0);
      for (const { pid, capBytes } of outcome.caps) {
        const process = seen.processes.find((one) => one.pid === pid) as GuardedProcess;
        expect(capBytes).toBeGreaterThanOrEqual(process.mappedBytes);
        const overhang = process.mappedBytes - process.privateBytes;
        expect(capBytes - process.privateBytes).toBeLessThanOrEqual(Math.max(room, overhang) + 1);
      }
    });
  });

  it('the growth that is expected fits into what is left, or nobody but the small may map any more', () => {
    always(({ seen, outcome }) => {
      if (seen.unevictableBytes < WATCH_SHARE * LIMIT) return;
      // Half of the reserve is lent to those that are about to fail.
      if (outcome.expectedBytes <= LIMIT - RESERVE / 2 - seen.unevictableBytes) return;
      // A raise that is on its way is waited for.
      if (seen.canStillRaise && outcome.expectedBytes <= LIMIT - RESERVE / 8 - seen.unevictableBytes) return;
      for (const process of seen.processes.filter(({ privateBytes }) => privateBytes >= 16 * MIB)) {
        const capBytes = outcome.state.watched.get(process.pid)?.capBytes ?? Number.POSITIVE_INFINITY;
        expect(capBytes).toBeLessThanOrEqual(process.mappedBytes + MIB);
      }
    });
  });

  it('nobody gets a cap while there is plenty of room', () => {
    always(({ seen, outcome }) => {
      if (seen.unevictableBytes >= WATCH_SHARE * LIMIT) return;
      for (const { pid, capBytes, reason } of outcome.caps) {
        // Only one that had a lower cap before.
        expect(reason).toBe('room');
        const process = seen.processes.find((one) => one.pid === pid) as GuardedProcess;
        expect(capBytes - process.privateBytes).toBeGreaterThanOrEqual(outcome.roomBytes);
      }
    });
  });

  it('nobody has a cap when all is calm', () => {
    always(({ outcome }) => {
      if (!outcome.isCalm) return;
      expect([...outcome.state.watched.values()].filter(({ capBytes }) => capBytes !== null)).toEqual([]);
    });
  });

  it('no small process is stopped before every fat one is', () => {
    always(({ state, seen, outcome }) => {
      const isFat = (process: GuardedProcess): boolean => process.privateBytes >= 16 * MIB;
      const stopsSmall = outcome.caps.some(({ pid, reason }) => {
        return reason !== 'room' && !isFat(seen.processes.find((one) => one.pid === pid) as GuardedProcess);
      });
      if (!stopsSmall) return;
      for (const process of seen.processes.filter(isFat)) {
        expect(state.watched.get(process.pid)?.capBytes).toBeLessThanOrEqual(process.mappedBytes + MIB);
      }
    });
  });

  it('a process is acted on once at most, and only one that is there', () => {
    always(({ seen, outcome }) => {
      const acted = [
        ...outcome.caps.map(({ pid }) => pid),
        ...outcome.lifts,
        ...outcome.cancels.map(({ pid }) => pid),
      ];
      expect(new Set(acted).size).toBe(acted.length);
      const there = new Set(seen.processes.map(({ pid }) => pid));
      expect(acted.filter((pid) => !there.has(pid))).toEqual([]);
    });
  });

  it('the same is decided of the same, in whatever order it is seen', () => {
    always(({ state, seen, outcome, now }) => {
      const turned = { ...seen, processes: seen.processes.toReversed() };
      expect(guardMemory(state, turned, now)).toEqual(outcome);
    });
  });
});

/** Who takes how much at each look; each a share of what the machine can fill in that time. */
const anyLooks = fc.array(
  fc.array(fc.record({ who: fc.nat({ max: 9 }), share: fc.nat({ max: 100 }) }), { maxLength: 6 }),
  { minLength: 20, maxLength: 60 },
);
const anySizes = fc.array(fc.integer({ min: 4, max: 80 }), { minLength: 10, maxLength: 10 });

describe('a server whose processes together fill no more than a quarter of the reserve between two looks', () => {
  it('never reaches its limit: those who would go beyond it fail', () => {
    fc.assert(
      fc.property(anyLooks, anySizes, (looks, sizes) => {
        for (const used of serve(looks, sizes).usedBytes) expect(used).toBeLessThanOrEqual(LIMIT);
      }),
      { numRuns: 200 },
    );
  });

  it('lets somebody fail only where there is no room for the growth of a look', () => {
    fc.assert(
      fc.property(anyLooks, anySizes, (looks, sizes) => {
        for (const used of serve(looks, sizes).failedAtBytes) {
          expect(used).toBeGreaterThan(LIMIT - RESERVE - 3 * RESERVE);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** A server where each process fails when it reaches its cap, and gives back what it had. */
function serve(
  looks: readonly (readonly { who: number; share: number }[])[],
  sizesMib: readonly number[],
): { usedBytes: number[]; failedAtBytes: number[] } {
  const sizes = sizesMib.map((mib) => mib * MIB);
  const used = (): number => 100 * MIB + sizes.reduce((all, size) => all + size, 0);
  const [usedBytes, failedAtBytes]: [number[], number[]] = [[], []];
  let state: GuardState = UNGUARDED;
  for (const [look, wishes] of looks.entries()) {
    const shares = Math.max(
      wishes.reduce((all, { share }) => all + share, 0),
      1,
    );
    for (const { who, share } of wishes) {
      const wanted = (sizes[who] ?? 0) + (share / shares) * (RESERVE / 4);
      const fails = wanted > (state.watched.get(who)?.capBytes ?? STANDING);
      // What the caps in force were made from.
      if (fails) failedAtBytes.push(usedBytes.at(-1) ?? 0);
      sizes[who] = fails ? 4 * MIB : wanted;
    }
    usedBytes.push(used());
    const of = sizes.map((size, pid): GuardedProcess => {
      return { pid, privateBytes: size, mappedBytes: size, sharedBytes: 0, leaderPid: null };
    });
    ({ state } = guardMemory(state, observe(of, { unevictableBytes: used() }), look * LOOK_MS));
  }
  return { usedBytes, failedAtBytes };
}
