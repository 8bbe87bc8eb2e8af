import { setTimeout as sleep } from 'node:timers/promises';
import type { TimedDecision } from '../../daemon/fleet.ts';
import type { Observer } from '../../daemon/observer.ts';
import type { LoadTick } from '../../load/model.ts';
import { breakdown } from '../breakdown.ts';
import type { Context } from '../command.ts';
import { labelOf } from '../dimensions.ts';
import { formatAas } from '../terminal/numbers.ts';
import { clean, cut, fit } from '../terminal/text.ts';
import { blockedText } from './blocker-panel.ts';
import type { CapacitySource } from './capacity-feed.ts';
import { formatAcu, formatDemand, resourceName, type CapacityView } from './capacity-view.ts';
import { withoutStep } from './decision-panel.ts';
import type { Banner, TopModel } from './model.ts';
import { sleepTexts, wakeText } from './pause-view.ts';
import { periodLoad } from './period.ts';
import { TopFeed } from './run-top.ts';
import { INITIAL_VIEW } from './view.ts';

const EVERY_MS = 3_000;

export interface StatusLineOptions {
  readonly banner: () => Banner;
  /** Of a database of ours. */
  readonly capacity?: CapacitySource;
  readonly signal: AbortSignal;
}

/** What the live view shows, as a line every few seconds, for where there is no terminal. */
export async function statusLines(
  observer: Observer,
  { stdout }: Context,
  options: StatusLineOptions,
): Promise<void> {
  const feed = new TopFeed(observer, options.banner, () => {}, options.capacity);
  observer.start();
  try {
    while (!options.signal.aborted) {
      await sleep(EVERY_MS, undefined, { signal: options.signal }).catch(() => {});
      stdout.write(`${statusLine(feed.model(INITIAL_VIEW), Date.now())}\n`);
    }
  } finally {
    feed.stop();
  }
}

/** A change of capacity and its reason. */
export function changeLine({ decision: { fromAcu, toAcu }, reason }: TimedDecision): string {
  const arrow = toAcu > fromAcu ? '▲' : '▼';
  const step = `${formatAcu(fromAcu)} → ${formatAcu(toAcu)} ACU`;
  return `    ${arrow} capacity ${step}: ${withoutStep(clean(reason))}`;
}

function capacityText({ cluster, latest }: CapacityView): string {
  const capacity = `capacity ${formatAcu(cluster.capacity.current)} ACU`;
  const { binding = null, demandAcu = null } = latest?.decision ?? {};
  if (binding === null || demandAcu === null) return capacity;
  return `${capacity} (${resourceName(binding)} asks for ${formatDemand(demandAcu)})`;
}

/** Phase, capacity, AAS and its split, top wait and top SQL of the last few seconds. */
export function statusLine(model: TopModel, now: number): string {
  const phase = fit(clean(model.banner?.title ?? ''), 13);
  const asleep = model.capacity === null ? null : sleepTexts(model.capacity.cluster, {});
  if (asleep !== null) return `  ${phase} ${asleep[0]}`;
  const load = periodLoad(model.ticks, now, EVERY_MS);
  if (load === null) {
    const { lastError, connection } = model.status;
    return `  ${phase} no data: ${lastError === null ? connection : `${clean(lastError.message)} (${lastError.code})`}`;
  }
  const recent = model.ticks.filter((tick) => tick.atMs > now - EVERY_MS);
  const cpu =
    load.cpu > 0
      ? `CPU ${formatAas(load.cpu)}`
      : `CPU running ${formatAas(load.cpuRunning)} waiting ${formatAas(load.cpuWaiting)}`;
  const [wait] = breakdown(recent, { groupBy: 'db.wait_event', partitionBy: 'db.user' }).rows;
  const parts = [
    ...(model.capacity === null ? [] : [capacityText(model.capacity)]),
    `AAS ${formatAas(load.aas)}`,
    cpu,
    `waits ${formatAas(load.waits)}`,
    ...(wait === undefined ? [] : [`top wait ${labelOf('db.wait_event', wait.key, model.texts)}`]),
    ...remarksOf(model, recent, now),
  ];
  return `  ${phase} ${parts.join(' · ')}`;
}

/** What explains the figures: what woke it, who blocks, a busy host, else the statement that loads most. */
function remarksOf(model: TopModel, recent: readonly LoadTick[], now: number): readonly string[] {
  const wake = model.capacity === null ? null : wakeText(model.capacity.cluster, now);
  if (wake !== null) return [wake];
  const blocked = blockedText(model);
  if (blocked !== null) return [blocked];
  if (model.capacity?.latest?.decision.hostSaturated === true) return ['the host is busy'];
  const [sql] = breakdown(recent, { groupBy: 'db.sql_tokenized', partitionBy: 'db.user' }).rows;
  return sql === undefined ? [] : [`top SQL ${cut(labelOf('db.sql_tokenized', sql.key, model.texts), 45)}`];
}
