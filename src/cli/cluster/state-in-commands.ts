import type { ClusterAnswer } from '../../api/cluster-answers.ts';
import type { HostTierStatus } from '../../daemon/fleet.ts';
import { stateHint, type CommonOptions } from './answer.ts';

type StateOption = Pick<CommonOptions, 'state'>;

const COMMAND =
  /\bairglow (?:cluster (?:create|list|describe|modify|stop|start|delete|url|logs|explain|events)|host tiered-cache(?: (?:enable|status|disable))?)\b(?! --state)/g;

/** The daemon names commands without knowing how its folder was named here: as they are to be typed. */
export function withState(text: string, options: StateOption): string {
  // A function, since a folder may have a $ in its name.
  return text.includes(' --state ') ? text : text.replace(COMMAND, (command) => command + stateHint(options));
}

export function clusterWithState(cluster: ClusterAnswer, options: StateOption): ClusterAnswer {
  const { tempObjects, tieredCache } = cluster.optimizedReads;
  return {
    ...cluster,
    enforcementNote: orNull(cluster.enforcementNote, options),
    notes: cluster.notes.map((note) => withState(note, options)),
    optimizedReads: {
      ...cluster.optimizedReads,
      tempObjects: tempObjects && { ...tempObjects, reason: orNull(tempObjects.reason, options) },
      tieredCache: tieredCache && { ...tieredCache, reason: orNull(tieredCache.reason, options) },
    },
  };
}

export function tierWithState(tier: HostTierStatus, options: StateOption): HostTierStatus {
  return {
    ...tier,
    reason: orNull(tier.reason, options),
    consequences: tier.consequences.map((sentence) => withState(sentence, options)),
  };
}

function orNull(text: string | null, options: StateOption): string | null {
  return text === null ? null : withState(text, options);
}
