import type { ClusterStatus, TimedDecision } from '../../../daemon/fleet.ts';
import type { HistoryEvent } from '../../../history/history.ts';
import type { LoadTick } from '../../../load/model.ts';
import { firstLine } from '../../first-line.ts';
import type { ApiParts } from '../api-parts.ts';

export type LiveInput =
  | { readonly kind: 'tick'; readonly target: string; readonly tick: LoadTick }
  | { readonly kind: 'event'; readonly target: string; readonly event: HistoryEvent }
  | { readonly kind: 'decision'; readonly target: string; readonly decision: TimedDecision }
  | { readonly kind: 'status'; readonly target: string; readonly status: ClusterStatus };

/** What a live stream is made of. */
export interface LiveSource {
  /** Names of what can be followed now. */
  targets(): readonly string[];
  /** Returns how to unsubscribe. */
  subscribe(listener: (message: LiveInput) => void): () => void;
}

/** Of all targets, those that come later too; or of those named only. */
export function liveSource(
  { targets, fleet }: Pick<ApiParts, 'targets' | 'fleet'>,
  named: ReadonlySet<string> | null,
): LiveSource {
  const isWanted = (target: string): boolean => named?.has(target) ?? true;
  return {
    targets() {
      const watched = targets.list().map(({ observer }) => observer.target);
      const ours = (fleet?.list() ?? []).map(({ name }) => name);
      return [...new Set([...watched, ...ours])].filter(isWanted);
    },
    subscribe(listener) {
      const pass = (message: LiveInput): void => {
        if (isWanted(message.target)) listener(message);
      };
      const leaveTargets = targets.subscribe((target, message) => {
        if (message.kind === 'live') pass({ kind: 'tick', target, tick: message.tick });
        // A fleet passes on what its observers say of themselves.
        if (message.kind === 'event' && !fleet) pass({ kind: 'event', target, event: message.event });
      });
      const leaveFleet = fleet?.subscribe(({ name, ...message }) => {
        if (message.kind === 'counters') return;
        if (message.kind !== 'event') pass({ target: name, ...message });
        else pass({ kind: 'event', target: name, event: withFirstLine(message.event) });
      });
      return () => {
        leaveTargets();
        leaveFleet?.();
      };
    },
  };
}

function withFirstLine(event: HistoryEvent): HistoryEvent {
  return { ...event, message: firstLine(event.message) };
}
