import type { Forecast, Grower } from './memory-guard-forecast.ts';

const MIB = 1024 ** 2;
/** A cancelled statement needs a while to notice and to clean up. */
const PATIENCE_MS = 1_000;
/** A cancel works later than a cap, so it has to look further ahead. */
const HORIZONS = 2;
/** What any process may have mapped: to cancel it would not help. */
const USUAL_OVERHANG_BYTES = 8 * MIB;

/**
 * Whose statement has to be cancelled, because it is filling memory that no cap can take back: private memory that it
 * has mapped already, or shared memory of a parallel query, which caps don't cover. At most one at a time.
 */
export function chooseCancels(seen: Forecast, leftBytes: number, now: number): number[] {
  const isFresh = ({ whose }: Threat): boolean =>
    whose.cancelledAtMs !== null && now - whose.cancelledAtMs < PATIENCE_MS;
  const threats = [...seen.all.map(privateThreat), ...sharedThreats(seen.all)].filter(
    (threat) => threat.bytes > 0 && !isFresh(threat),
  );
  const bytes = threats.reduce((total, threat) => total + threat.bytes, 0);
  if (bytes <= Math.max(leftBytes, 0)) return [];
  const open = threats.filter((threat) => threat.bytes > USUAL_OVERHANG_BYTES);
  open.sort((a, b) => b.bytes - a.bytes || a.whose.pid - b.whose.pid);
  return open.slice(0, 1).map(({ whose }) => whose.pid);
}

interface Threat {
  readonly whose: Grower;
  readonly bytes: number;
}

function privateThreat(one: Grower): Threat {
  return { whose: one, bytes: Math.min(one.overhangBytes, one.expectedBytes * HORIZONS) };
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
