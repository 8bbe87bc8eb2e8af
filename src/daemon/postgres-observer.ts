import type { Engine } from '../engines/engine.ts';
import { createPostgresEngine } from '../engines/postgres/engine.ts';
import type { ObserverView } from './observe/connection.ts';
import { DatabaseObserver } from './observe/database-observer.ts';
import type { Observer } from './observer.ts';

export interface ObserverOptions {
  readonly url: string;
  /** Name of the target in this process; `default` unless told otherwise. */
  readonly target?: string;
  /** 1000 unless told otherwise; at least 50. */
  readonly intervalMs?: number;
  readonly engine?: Engine;
  /** `session` does without the kernel, as for a remote database; `auto` uses it where it can. */
  readonly view?: ObserverView;
  /** Whether a second cache tier is in force for it; never unless told otherwise. */
  readonly hasTier?: () => boolean;
}

/** An observer of one PostgreSQL database. It does nothing until it is started. */
export function createObserver(options: ObserverOptions): Observer {
  return new DatabaseObserver({
    engine: options.engine ?? createPostgresEngine(),
    url: options.url,
    target: options.target ?? 'default',
    intervalMs: Math.max(50, options.intervalMs ?? 1_000),
    view: options.view ?? 'auto',
    hasTier: options.hasTier ?? (() => false),
  });
}
