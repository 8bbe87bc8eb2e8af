import type { Observer } from '../../daemon/observer.ts';
import type { Context } from '../command.ts';
import { Screen } from '../terminal/screen.ts';
import type { CapacitySource } from './capacity-feed.ts';
import type { Banner, Frame, TopModel } from './model.ts';
import { renderTop, shownIn } from './render-top.ts';
import { TickRing } from './tick-ring.ts';
import { INITIAL_VIEW, MANAGED_VIEW, press, type View } from './view.ts';

export interface TopOptions {
  /** Asked for every frame; null where there is nothing to say. */
  readonly banner?: () => Banner | null;
  /** Of a database of ours: its capacity is shown beside the load. */
  readonly capacity?: CapacitySource;
  /** Address of the dashboard that shows the same. */
  readonly dashboard?: string;
  /** Ends the view, as `q` does. */
  readonly signal?: AbortSignal;
}

const REDRAW_MS = 1000;
/** Ticks of 100 ms do not make ten frames a second. */
const MIN_FRAME_MS = 200;
const MAX_TEXTS = 20_000;

/** What an observer tells, collected for drawing. */
export class TopFeed {
  readonly #observer: Observer;
  readonly #banner: () => Banner | null;
  readonly #capacity: CapacitySource | null;
  readonly #ring = new TickRing();
  readonly #texts = new Map<string, string>();
  readonly #unsubscribe: () => void;

  constructor(
    observer: Observer,
    banner: () => Banner | null,
    onTick: () => void,
    capacity: CapacitySource | null = null,
  ) {
    this.#observer = observer;
    this.#banner = banner;
    this.#capacity = capacity;
    this.#unsubscribe = observer.subscribe((message) => {
      if (message.kind === 'live' || message.kind === 'settled') this.#ring.put(message.tick);
      if (message.kind === 'digests') for (const { id, text } of message.digests) this.#remember(id, text);
      if (message.kind === 'live') onTick();
    });
  }

  /** Statements are shown on one line, so long ones need not be kept whole. */
  #remember(id: string, text: string): void {
    const oldest = this.#texts.size >= MAX_TEXTS ? this.#texts.keys().next().value : undefined;
    if (oldest !== undefined) this.#texts.delete(oldest);
    this.#texts.set(id, text.slice(0, 500));
  }

  model(view: View): TopModel {
    const observer = this.#observer;
    return {
      status: observer.status(),
      ticks: this.#ring.ticks,
      sessions: observer.sessions(),
      texts: this.#texts,
      view,
      banner: this.#banner(),
      capacity: this.#capacity?.view() ?? null,
      dashboard: null,
    };
  }

  get tickCount(): number {
    return this.#ring.ticks.length;
  }

  stop(): void {
    this.#unsubscribe();
  }
}

/** Shows the live view until somebody quits. The observer is the caller's to stop. */
export async function runTop(observer: Observer, context: Context, options: TopOptions = {}): Promise<void> {
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const session = new TopSession(observer, context, options, finish);
  options.signal?.addEventListener('abort', finish, { once: true });
  if (options.signal?.aborted === true) finish();
  session.open();
  try {
    observer.start();
    await finished;
  } finally {
    session.close();
    options.signal?.removeEventListener('abort', finish);
  }
}

class TopSession {
  readonly #screen: Screen;
  readonly #feed: TopFeed;
  readonly #depth: Context['color'];
  readonly #dashboard: string | null;
  #view: View;
  /** What is shown while the picture is paused; measuring goes on behind it. */
  #still: { readonly model: TopModel; readonly now: number } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #drawnAtMs = 0;

  constructor(observer: Observer, context: Context, options: TopOptions, onQuit: () => void) {
    this.#depth = context.color;
    this.#dashboard = options.dashboard ?? null;
    this.#screen = new Screen(context.stdout, context.stdin.isTTY ? context.stdin : null, {
      onKey: (key) => (key === 'q' ? onQuit() : this.#press(key)),
      onRedraw: () => this.#draw(),
      onQuit,
    });
    this.#view = options.capacity === undefined ? INITIAL_VIEW : MANAGED_VIEW;
    const onTick = (): void => {
      if (Date.now() - this.#drawnAtMs >= MIN_FRAME_MS) this.#draw();
    };
    this.#feed = new TopFeed(observer, options.banner ?? (() => null), onTick, options.capacity);
  }

  open(): void {
    this.#screen.open();
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#draw();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#feed.stop();
    this.#screen.close();
  }

  #press(key: string): void {
    const { model, frame } = this.#scene();
    const wasPaused = this.#view.paused;
    this.#view = press(this.#view, key, shownIn(model, frame));
    if (!wasPaused && this.#view.paused) this.#still = { model: freeze(model), now: frame.now };
    if (!this.#view.paused) this.#still = null;
    this.#draw();
  }

  #scene(): { readonly model: TopModel; readonly frame: Frame } {
    const { width, height } = this.#screen.size;
    const now = this.#still?.now ?? Date.now();
    const model =
      this.#still === null
        ? { ...this.#feed.model(this.#view), dashboard: this.#dashboard }
        : { ...this.#still.model, view: this.#view };
    return { model, frame: { width, height, now, depth: this.#depth } };
  }

  #draw(): void {
    const { model, frame } = this.#scene();
    this.#drawnAtMs = Date.now();
    this.#screen.draw(renderTop(model, frame));
  }
}

/** The ring goes on changing; a paused picture needs its own list. */
function freeze(model: TopModel): TopModel {
  return { ...model, ticks: [...model.ticks] };
}
