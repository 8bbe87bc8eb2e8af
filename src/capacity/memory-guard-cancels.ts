import type { Forecast, Grower } from './memory-guard-forecast.ts';

const MIB = 1024 ** 2;
/** A cancelled statement needs a while to notice and to clean up. */
const PATIENCE_MS = 1_000;
/** A cancel works later than a cap, so it has to look further ahead. */
const HORIZONS = 2;
/** What any process has mapped and never fills. */
const USUAL_OVERHANG_BYTES = 8 * MIB;

/**
 * Whose statement has to be cancelled, because it is filling memory that no cap can take back: private memory that it
 * has mapped already, or shared memory of a parallel query, which caps don't cover. At most one at a time.
 */
export function chooseCancels(seen: Forecast, roomBytes: number, now: number): number[] {
  const unstoppable = [...seen.all.map(privateThreat), ...sharedThreats(seen.all)].filter(
    ({ bytes }) => bytes > 0,
  );
  const isFresh = (one: Grower): boolean =>
    one.cancelledAtMs !== null && now - one.cancelledAtMs < PATIENCE_MS;
  const open = unstoppable.filter(({ whose }) => !isFresh(whose));
  const bytes = open.reduce((total, threat) => total + threat.bytes, 0);
  if (bytes <= Math.max(roomBytes, 0)) return [];
  open.sort((a, b) => b.bytes - a.bytes || a.whose.pid - b.whose.pid);
  return open.slice(0, 1).map(({ whose }) => whose.pid);
}

interface Threat {
  readonly whose: Grower;
  readonly bytes: number;
}

function privateThreat(one: Grower): Threat {
  const overhang = one.mappedBytes - one.privateBytes - USUAL_OVERHANG_BYTES;
  return { whose: one, bytes: Math.max(Math.min(overhang, one.expectedBytes * HORIZONS), 0) };
}

/** All processes of a parallel query map the same memory, and it grows by a half at a time. */
function sharedThreats(all: readonly Grower[]): Threat[] {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const threats = new Map<number, Threat>();
  for (const one of all) {
    const leader = one.leaderPid === null ? undefined : byPid.get(one.leaderPid);
    if (leader === undefined) continue;
    for (const member of [one, leader]) {
      if (member.expectedSharedBytes === 0) continue;
      const bytes = Math.max(member.expectedSharedBytes * HORIZONS, member.sharedBytes / 2);
      if (bytes > (threats.get(leader.pid)?.bytes ?? 0)) threats.set(leader.pid, { whose: leader, bytes });
    }
  }
  return [...threats.values()];
}
