import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseQueryResult } from '@tanstack/react-query';
import type {
  AnalysisAnswer,
  CapacityAnswer,
  CountersAnswer,
  EventsAnswer,
  LoadAnswer,
  SessionAnswer,
  SessionsAnswer,
  StatementsAnswer,
  TargetsAnswer,
  TopAnswer,
} from '../../../src/api/contracts.ts';
import type { ClusterAnswer, ClustersAnswer, DecisionsAnswer } from '../../../src/api/cluster-answers.ts';
import type { Explanation, ModifyRequest } from '../../../src/daemon/fleet.ts';
import type { Activity, Dimension } from '../../../src/load/model.ts';
import { windowWords, type AskedWindow } from '../view/time-window.ts';
import type { Filter } from '../view/view-state.ts';
import { ask, change, clusterPath, targetPath, type QueryWords } from './ask.ts';
import { refreshMs } from './refresh.ts';

/** Questions to the daemon. What was answered before stays on the screen until the next answer is there. */

const SOON_MS = 5000;
const NOW_MS = 1000;

export interface Selection {
  readonly target: string;
  readonly window: AskedWindow;
  readonly filters: readonly Filter[];
  readonly activity?: Activity;
  readonly limit?: number;
}

export const useSession = () => useAsked<SessionAnswer>('/api/session', {}, 60_000);
export const useTargets = () => useAsked<TargetsAnswer>('/api/targets', {}, SOON_MS);

export const useClusters = (isOn: boolean) => useAsked<ClustersAnswer>('/api/clusters', {}, SOON_MS, isOn);

export const useCluster = (name: string, isOn: boolean) =>
  useAsked<ClusterAnswer>(clusterPath(name), {}, 2000, isOn);

/** Why capacity is what it is, in sentences. */
export const useExplanation = (name: string) => useAsked<Explanation>(clusterPath(name, 'explain'), {}, 2000);

export const useLoad = (selection: Selection, groupBy: Dimension | null, isOn = true) =>
  useAsked<LoadAnswer>(
    targetPath(selection.target, 'load'),
    { ...wordsOf(selection), group_by: groupBy },
    refreshMs(selection.window),
    isOn,
  );

/** The last hour by what it waited for, for a small picture that need not be new. */
export const useHour = (target: string, isOn: boolean) =>
  useAsked<LoadAnswer>(
    targetPath(target, 'load'),
    { from: '-1h', period: 60, group_by: 'db.wait_event', limit: 6 },
    60_000,
    isOn,
  );

export const useTop = (selection: Selection, groupBy: Dimension, partitionBy: Dimension, isOn = true) =>
  useAsked<TopAnswer>(
    targetPath(selection.target, 'top'),
    { ...wordsOf(selection), group_by: groupBy, partition_by: partitionBy },
    refreshMs(selection.window),
    isOn,
  );

export const useStatements = (selection: Selection, isOn = true) =>
  useAsked<StatementsAnswer>(
    targetPath(selection.target, 'statements'),
    wordsOf(selection),
    refreshMs(selection.window),
    isOn,
  );

export const useSessions = (target: string, isOn: boolean) =>
  useAsked<SessionsAnswer>(targetPath(target, 'sessions'), {}, NOW_MS, isOn);

export const useCounters = (
  target: string,
  window: AskedWindow,
  metrics: readonly string[],
  keys: readonly string[],
  isOn = true,
) =>
  useAsked<CountersAnswer>(
    targetPath(target, 'counters'),
    { ...windowOf(window), metric: metrics, key: keys },
    refreshMs(window),
    isOn,
  );

export const useEvents = (target: string, window: AskedWindow, words: QueryWords, isOn = true) =>
  useAsked<EventsAnswer>(
    targetPath(target, 'events'),
    { ...windowOf(window), ...words },
    refreshMs(window),
    isOn,
  );

export const useCapacity = (name: string, window: AskedWindow, isOn = true) =>
  useAsked<CapacityAnswer>(clusterPath(name, 'capacity'), windowOf(window), refreshMs(window), isOn);

export const useDecisions = (name: string, window: AskedWindow, limit: number, isOn = true) =>
  useAsked<DecisionsAnswer>(
    clusterPath(name, 'decisions'),
    { ...windowOf(window), limit },
    refreshMs(window),
    isOn,
  );

export const useAnalysis = (target: string, window: AskedWindow, isOn = true) =>
  useAsked<AnalysisAnswer>(
    targetPath(target, 'analysis'),
    windowOf(window),
    // Findings do not change by the second, and cost several questions.
    window.kind === 'fixed' ? false : 30_000,
    isOn,
  );

/** Changes a database; everything shown of it is asked anew. */
export function useModifyCluster(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (request: ModifyRequest) =>
      await change<ClusterAnswer>('PATCH', clusterPath(name), request),
    onSuccess: async (cluster) => {
      client.setQueryData([clusterPath(name), {}], cluster);
      await client.invalidateQueries();
    },
  });
}

/** The window as the API takes it. */
export function windowOf(window: AskedWindow): QueryWords {
  const { from, to } = windowWords(window);
  return { from, to };
}

function wordsOf({ window, filters, activity, limit }: Selection): QueryWords {
  const filter = filters.map(({ dimension, value }) => `${dimension}:${value}`);
  return { ...windowOf(window), activity, limit, filter };
}

function useAsked<Answer>(
  path: string,
  words: QueryWords,
  refetchInterval: number | false,
  isOn = true,
): UseQueryResult<Answer> {
  return useQuery<Answer>({
    queryKey: [path, words],
    queryFn: async ({ signal }) => await ask<Answer>(path, words, signal),
    refetchInterval,
    enabled: isOn,
    // Never what another database or another list was answered.
    placeholderData: (previous, query) => (query?.queryKey[0] === path ? previous : undefined),
  });
}
