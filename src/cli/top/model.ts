import type { SessionNow, TargetStatus } from '../../daemon/observer.ts';
import type { LoadTick } from '../../load/model.ts';
import type { SqlTexts } from '../dimensions.ts';
import type { ColorDepth } from '../terminal/paint.ts';
import type { CapacityView } from './capacity-view.ts';
import type { View } from './view.ts';

/** Everything that a frame of `airglow top` is drawn from. */
export interface TopModel {
  readonly status: TargetStatus;
  /** Oldest first. */
  readonly ticks: readonly LoadTick[];
  readonly sessions: readonly SessionNow[];
  readonly texts: SqlTexts;
  readonly view: View;
  /** Said above the chart; the demo tells here what it is doing. */
  readonly banner: Banner | null;
  /** Of a database of ours; null for any other. */
  readonly capacity: CapacityView | null;
  /** Address of the dashboard that shows the same; null where there is none. */
  readonly dashboard: string | null;
}

export interface Banner {
  readonly title: string;
  readonly sentence: string;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly now: number;
  readonly depth: ColorDepth;
  /** That of this computer unless told otherwise. */
  readonly timeZone?: string;
}
