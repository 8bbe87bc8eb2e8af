import { useEffect, useState } from 'react';
import type { LiveTick } from '../../../src/api/answers.ts';
import type { Dimension } from '../../../src/load/model.ts';
import { LiveFeed, type FeedState } from './live-feed.ts';

export interface Live {
  readonly ticks: readonly LiveTick[];
  readonly state: FeedState | 'off';
}

const OFF: Live = { ticks: [], state: 'off' };
/** Faster than this nobody reads, and drawing costs. */
const DRAW_EVERY_MS = 1000;

/** The newest ticks of a database while `isOn`, at most once a second. */
export function useLive(target: string, dimension: Dimension, isOn: boolean): Live {
  const [live, setLive] = useState<Live>(OFF);
  useEffect(() => {
    if (!isOn) return undefined;
    const feed = new LiveFeed(target, dimension);
    let timer: ReturnType<typeof setTimeout> | null = null;
    const show = (): void => {
      timer = null;
      // Nobody looks at a hidden page.
      if (!document.hidden) setLive({ ticks: feed.ticks, state: feed.state });
    };
    feed.subscribe(() => (timer ??= setTimeout(show, DRAW_EVERY_MS)));
    return () => {
      if (timer !== null) clearTimeout(timer);
      feed.close();
      setLive(OFF);
    };
  }, [target, dimension, isOn]);
  return live;
}
