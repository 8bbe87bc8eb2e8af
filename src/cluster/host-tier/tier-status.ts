import { isAreaOf } from '../../kernel/swap/swap-areas.ts';
import type { SwapSystem } from '../../kernel/swap/swap-system.ts';
import { promisedTo } from './model.ts';
import type { TierStatus, TierTenant } from './model.ts';
import { areaOf } from './tier-run.ts';
import type { TierRun } from './tier-run.ts';
import { consequencesOf, keptOutOf } from './tier-words.ts';

export interface TierFacts {
  readonly system: SwapSystem;
  readonly run: TierRun;
  readonly tenants: readonly TierTenant[];
  /** Why no tier can be had here; null where one can. */
  readonly whyNot: string | null;
  /** What is being done now; null where nothing is. */
  readonly doing: string | null;
}

export async function describeTier({ system, run, tenants, whyNot, doing }: TierFacts): Promise<TierStatus> {
  const { record } = run;
  const [state, reason] = await stateOf(run, whyNot, doing);
  const area = record === null ? null : areaOf(system, record.file);
  const users = tenants.filter((tenant) => promisedTo(tenant) > 0);
  const otherSwap = system.areas().filter((each) => record === null || !isAreaOf(each, record.file));
  const version = system.place?.version ?? 2;
  return {
    state,
    reason,
    path: state === 'on' || state === 'lost' ? (record?.path ?? null) : null,
    sizeBytes: state === 'on' ? (record?.sizeBytes ?? 0) : 0,
    usedBytes: area?.usedBytes ?? 0,
    promisedBytes: users.reduce((sum, tenant) => sum + promisedTo(tenant), 0),
    users: users.map((tenant) => ({
      name: tenant.name,
      sizeBytes: promisedTo(tenant),
      usedBytes: tenant.usedBytes,
    })),
    otherSwap: otherSwap.map(({ path, sizeBytes, usedBytes }) => ({ path, sizeBytes, usedBytes })),
    keptOut:
      state === 'unavailable'
        ? []
        : keptOutOf({
            version,
            isOn: state === 'on',
            otherSwap,
            refused: run.refused,
            spared: sparedBy(system),
          }),
    consequences: state === 'unavailable' ? [] : consequencesOf(version),
  };
}

async function stateOf(
  run: TierRun,
  whyNot: string | null,
  doing: string | null,
): Promise<readonly [TierStatus['state'], string | null]> {
  const { record } = run;
  // While it is made or taken away, what is missing is not lost.
  if (doing !== null && record?.phase !== 'on') return ['off', `It is ${doing}.`];
  const lost = await run.whyLost();
  if (lost !== null) return ['lost', lost];
  if (record !== null) return ['on', null];
  return whyNot === null ? ['off', null] : ['unavailable', whyNot];
}

/** Groups that are not kept out, since that would be dangerous for them now. */
function sparedBy(system: SwapSystem): number {
  return system
    .fences()
    .filter(({ file, value, isDangerous }) => isDangerous && system.readValue(file) !== value).length;
}
