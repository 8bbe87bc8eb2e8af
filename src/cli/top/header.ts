import { formatAas, formatPeriod, formatVcpus } from '../terminal/numbers.ts';
import { span, spread, type Hue, type Ink, type Line } from '../terminal/paint.ts';
import { clean, cut, wrap } from '../terminal/text.ts';
import { blockedText } from './blocker-panel.ts';
import { renderCapacityHeader } from './capacity-header.ts';
import type { Frame, TopModel } from './model.ts';
import { ASLEEP, isAsleep, wakeText } from './pause-view.ts';
import { periodLoad, type PeriodLoad } from './period.ts';

const GOOD: Hue = { c256: 42, c16: 92 };
const BAD: Hue = { c256: 203, c16: 91 };
const CAUTION: Hue = { c256: 220, c16: 93 };
const LINK: Hue = { c256: 75, c16: 94 };
const STRONG: Ink = { bold: true };
const FAINT: Ink = { dim: true };
/** "now" is the mean of this long, or of the last tick. */
const NOW_MS = 2_000;
/** From this many lines on, blockers have a panel. */
const BLOCKERS_FIT = 34;

/** Who is watched and how, and how loaded it is: two lines, two more of a database of ours, one for a dashboard. */
export function renderHeader(model: TopModel, frame: Frame): readonly Line[] {
  const { status } = model;
  const version = status.engine === null ? '' : `PostgreSQL ${status.engine.version}`;
  const source = status.source === null ? '' : `${status.source} view`;
  const thinning = status.thinning > 1 ? `1 session in ${status.thinning}` : '';
  const state = [stateOf(model), span(' ')];
  const rights = [
    [version, source, formatPeriod(status.intervalMs), thinning],
    [version.replace('PostgreSQL', 'PG'), source, thinning],
    [source],
    [],
  ].map((facts) => [span(`${facts.filter((fact) => fact !== '').join(' · ')}  `, FAINT), ...state]);
  const name = [span(' airglow ', { bold: true, inverse: true }), span(` ${addressOf(model)}`, STRONG)];
  const lines = [spread(name, rights, frame.width), loadLine(model, frame)];
  const capacity = model.capacity === null ? [] : renderCapacityHeader(model.capacity, frame);
  return [...lines, ...capacity, ...dashboardLine(model, frame)];
}

/** The whole address or one without the token, never a part of the token. */
function dashboardLine({ dashboard }: TopModel, { width }: Frame): readonly Line[] {
  if (dashboard === null) return [];
  const [withoutToken = ''] = dashboard.split('?', 1);
  const lines: readonly (readonly [label: string, address: string])[] = [
    [' dashboard  ', dashboard],
    [' open ', dashboard],
    [' dashboard  ', withoutToken],
  ];
  const fitting = lines.find(([label, address]) => label.length + address.length <= width);
  if (fitting === undefined) return [];
  return [[span(fitting[0], FAINT), span(fitting[1], { fg: LINK })]];
}

function addressOf({ status, capacity }: TopModel): string {
  if (capacity === null) return clean(status.address);
  const { name, endpoint } = capacity.cluster;
  return `${clean(name)} on ${clean(endpoint.host)}:${endpoint.port}`;
}

/** Processors that the database may use: of ours those of its capacity, whatever the host has. */
function vcpusOf({ status, capacity }: TopModel): number | null {
  if (capacity === null || !capacity.cluster.enforced) return status.vcpus;
  return capacity.cluster.capacity.current * capacity.cluster.shape.cpus;
}

function stateOf(model: TopModel) {
  const { status, view } = model;
  if (view.paused) return span('‖', { fg: CAUTION, bold: true });
  if (isAsleep(model)) return span('○ paused', ASLEEP);
  if (status.connection === 'connected') return span('● live', { fg: GOOD, bold: true });
  return span(`○ ${status.connection}`, { fg: BAD, bold: true });
}

function loadLine(model: TopModel, frame: Frame): Line {
  const { ticks, status } = model;
  const allowed = vcpusOf(model);
  const last = ticks.at(-1);
  const fresh =
    last !== undefined &&
    (status.connection === 'connected' || isAsleep(model)) &&
    frame.now - last.atMs < Math.max(5_000, 3 * last.durationMs);
  const now = fresh ? periodLoad(ticks, last.atMs, Math.max(NOW_MS, last.durationMs)) : null;
  const vcpus = allowed === null ? '' : `  ${formatVcpus(allowed)} vCPU`;
  const left = [
    span(' AAS ', STRONG),
    span(aasText(now), { bold: true, fg: colourOf(now, allowed) }),
    span(' now  '),
    span(aasText(periodLoad(ticks, frame.now, 60_000)), STRONG),
    span(' 1 min  '),
    span(aasText(periodLoad(ticks, frame.now, 300_000)), STRONG),
    span(` 5 min${vcpus}`),
  ];
  return spread(left, now === null ? [] : splits(now).map((text) => [span(`${text} `, FAINT)]), frame.width);
}

function aasText(load: PeriodLoad | null): string {
  return load === null ? '–' : formatAas(load.aas);
}

/** Load above the processors is what one looks for: amber above, red above twice. */
function colourOf(load: PeriodLoad | null, vcpus: number | null): Hue | undefined {
  if (load === null || vcpus === null) return undefined;
  if (load.aas > 2 * vcpus) return BAD;
  return load.aas > vcpus ? CAUTION : GOOD;
}

/** The load now by what it is, in words for a wide line and for a narrow one. */
function splits(load: PeriodLoad): readonly string[] {
  const waits = `waits ${formatAas(load.waits)}`;
  const idle = `idle in tx ${formatAas(load.idleInTransaction)}`;
  const running = formatAas(load.cpuRunning);
  const waiting = formatAas(load.cpuWaiting);
  const wide =
    load.cpu > 0 ? `CPU ${formatAas(load.cpu)}` : `CPU running ${running} · waiting for CPU ${waiting}`;
  const narrow = load.cpu > 0 ? wide : `CPU ${running} + ${waiting}`;
  return [`${wide} · ${waits} · ${idle}`, `${wide} · ${waits}`, `${narrow} · ${waits}`, narrow];
}

/** What must not be overlooked, most urgent first: the database is down, what the demo does, warnings. */
export function renderNotices(model: TopModel, frame: Frame): readonly Line[] {
  const { status, banner } = model;
  const room = frame.height >= 32 ? 2 : 1;
  const notices: Line[] = [];
  if (status.lastError !== null && status.connection !== 'connected' && !isAsleep(model)) {
    // The code first: long messages are cut.
    const text = `${status.lastError.code}: ${clean(status.lastError.message)}`;
    notices.push(...paragraph(`${countdown(model, frame.now)}  ${text}`, frame, 2, { fg: BAD, bold: true }));
  }
  if (banner !== null) {
    const title = ` ► ${clean(banner.title)} `;
    const sentence = wrap(clean(banner.sentence), Math.max(20, frame.width - title.length - 1));
    notices.push([span(title, { inverse: true, bold: true }), span(` ${sentence[0] ?? ''}`)]);
    const rest = sentence.slice(1, 2).map((line) => [span(' '.repeat(title.length + 1) + line)]);
    notices.push(...rest);
  }
  notices.push(...managedNotices(model, frame));
  for (const warning of status.warnings.slice(0, room)) {
    notices.push(...paragraph(`! ${clean(warning)}`, frame, room, { fg: CAUTION }));
  }
  const most = frame.height >= 32 ? 5 : 3;
  return notices.slice(0, model.capacity === null ? most : most + 2);
}

/** Of a database of ours: what woke it, who holds the others up, where no panel says it, and why capacity is not enforced. */
function managedNotices(model: TopModel, frame: Frame): readonly Line[] {
  if (model.capacity === null) return [];
  const ink = { fg: CAUTION, bold: true };
  const blocked = frame.height < BLOCKERS_FIT ? blockedText(model) : null;
  const { cluster } = model.capacity;
  const { enforced, enforcementNote } = cluster;
  const wake = wakeText(cluster, frame.now);
  const note = enforced ? null : `capacity is not enforced: ${clean(enforcementNote ?? 'no reason given')}`;
  return [
    ...(wake === null ? [] : paragraph(wake, frame, 2, { ...ASLEEP, bold: true })),
    ...(blocked === null ? [] : [[span(cut(` ! ${blocked}`, frame.width), ink)]]),
    ...(note === null ? [] : paragraph(`! ${note}`, frame, 2, ink)),
  ];
}

function paragraph(text: string, frame: Frame, maxLines: number, ink: Ink): readonly Line[] {
  const lines = wrap(text, frame.width - 2);
  const kept = lines.slice(0, maxLines).map((line) => [span(` ${line}`, ink)]);
  const last = kept.at(-1);
  return lines.length > maxLines && last !== undefined
    ? [...kept.slice(0, -1), [...last, span('…', ink)]]
    : kept;
}

function countdown({ status }: TopModel, now: number): string {
  if (status.nextAttemptAtMs === null) return status.connection === 'connecting' ? 'connecting' : 'down';
  const seconds = Math.max(0, Math.ceil((status.nextAttemptAtMs - now) / 1000));
  return `down, next attempt in ${seconds} s`;
}
