import type { Decision, PauseOutlook } from '../../capacity/model.ts';
import type { TimedDecision } from '../../daemon/fleet.ts';
import { formatDuration } from '../terminal/numbers.ts';
import { span, spread, type Hue, type Line } from '../terminal/paint.ts';
import { clean, fit, fitRight, wrap } from '../terminal/text.ts';
import { formatAcu, formatDemand, lastNeeded, resourceName, type CapacityView } from './capacity-view.ts';
import type { Frame } from './model.ts';

const UP: Hue = { c256: 215, c16: 93 };
const DOWN: Hue = { c256: 42, c16: 92 };
const CAUTION: Hue = { c256: 220, c16: 93 };
/** The columns left of a reason. */
const LEFT_WIDTH = 27;
/** From this many lines on, a caution does not push the changes out. */
const ROOM_FOR_BOTH = 7;

/** Why capacity is what it is, and how it came to be: the last changes, newest first. At most `height` lines. */
export function renderDecisions(view: CapacityView, height: number, frame: Frame): readonly Line[] {
  const changes = view.changes.length;
  const heading = spread(
    [span(' capacity changes', { bold: true })],
    [[span(`${changes === 1 ? '1 change' : `${changes} changes`} `, { dim: true })]],
    frame.width,
  );
  const lines: Line[] = [heading, ...presentLines(view, height, frame)];
  for (const change of view.changes) {
    if (lines.length >= height) break;
    lines.push(...changeLines(change, Math.min(2, height - lines.length), frame));
  }
  return lines.slice(0, Math.max(0, height));
}

/** Why capacity is neither lower nor higher at present; of two reasons the first where there is little room. */
function presentLines(view: CapacityView, room: number, frame: Frame): readonly Line[] {
  const left = [
    span(` ${fitRight('now', 10)}  `, { bold: true }),
    span(fit(`${formatAcu(view.cluster.capacity.current)} ACU`, LEFT_WIDTH - 13), { bold: true }),
  ];
  const indent = [span(' '.repeat(LEFT_WIDTH))];
  const caution = cautionOf(view);
  const hold = { text: holdSentence(view, frame.now), ink: {} };
  const sentences = caution === null ? [hold] : [{ text: caution, ink: { fg: CAUTION, bold: true } }, hold];
  const lines = sentences.slice(0, room >= ROOM_FOR_BOTH ? 2 : 1).flatMap(({ text, ink }) =>
    wrap(clean(text), reasonWidth(frame))
      .slice(0, 2)
      .map((line) => span(line, ink)),
  );
  return lines.map((line, index) => [...(index === 0 ? left : indent), line]);
}

function reasonWidth(frame: Frame): number {
  return Math.max(20, frame.width - LEFT_WIDTH - 1);
}

function changeLines({ atMs, decision, reason }: TimedDecision, maxLines: number, frame: Frame): Line[] {
  const isUp = decision.toAcu > decision.fromAcu;
  const step = `${formatAcu(decision.fromAcu)} → ${formatAcu(decision.toAcu)}`;
  const words = wrap(withoutStep(clean(reason)), reasonWidth(frame));
  const [first = '', ...rest] = words.length > maxLines ? shortened(words, maxLines) : words;
  return [
    [
      span(` ${fitRight(formatDuration(Math.max(0, frame.now - atMs)), 10)}  `, { dim: true }),
      span(isUp ? '▲ ' : '▼ ', { fg: isUp ? UP : DOWN, bold: true }),
      span(fit(step, LEFT_WIDTH - 15), { bold: true }),
      span(first),
    ],
    ...rest.map((line) => [span(' '.repeat(LEFT_WIDTH) + line)]),
  ];
}

/** A reason may begin with the step, which stands beside it here. */
export function withoutStep(reason: string): string {
  return reason.replace(/^(?:up|down) from \S+ to \S+ ACU: /, '');
}

function shortened(lines: readonly string[], count: number): readonly string[] {
  return lines.slice(0, count).map((line, index) => (index === count - 1 ? `${line} …` : line));
}

/** What keeps capacity from being as high as the demand, and what would be no reason to raise it; null is neither. */
export function cautionOf({ latest, cluster }: CapacityView): string | null {
  if (latest === null || cluster.status === 'paused') return null;
  const { cap, demandAcu, hostSaturated } = latest.decision;
  if (hostSaturated) return 'The host is busy: more capacity would buy nothing.';
  if (cap === null) return null;
  const asked = `${formatDemand(demandAcu)} ACU asked for`;
  if (cap === 'maximum') return `At the maximum of ${formatAcu(cluster.capacity.max)} ACU; ${asked}.`;
  if (cap === 'host-share') return `Other databases of this host use the rest; ${asked}.`;
  return `Rising step by step while the host is contended; ${asked}.`;
}

/** Why capacity is not lower, and until when. */
export function holdSentence(view: CapacityView, nowMs: number): string {
  const { cluster, latest } = view;
  if (cluster.status === 'paused') return 'Nothing of it runs. The first byte of a client wakes it.';
  if (latest === null) return 'No decision yet.';
  const { hold, demandAcu, parts } = latest.decision;
  const inSeconds = hold.untilMs === null ? null : Math.max(1, Math.ceil((hold.untilMs - nowMs) / 1000));
  const until = inSeconds === null ? '' : ` for ${inSeconds} s`;
  switch (hold.kind) {
    case 'minimum':
      return minimumSentence(view, latest.decision, nowMs);
    case 'demand':
      return hold.resource === null
        ? `Not lower: ${formatDemand(demandAcu)} ACU are asked for.`
        : `Not lower: ${resourceName(hold.resource)} asks for ${formatDemand(parts[hold.resource])} ACU.`;
    case 'recent-demand':
      if (hold.resource === null) return `Raised a moment ago, and watched${until}.`;
      return `Lower possible in ${inSeconds ?? '–'} s: ${neededText(view, cluster.capacity.current, nowMs)}.`;
    case 'small-saving':
      return 'Less would do, by so little that it is not worth a change.';
    case 'memory-step':
      return `Memory is given back in small steps${inSeconds === null ? '' : `, the next in ${inSeconds} s`}.`;
    case 'cache-needed':
      return `Not lower${until}: what the cache gave back had to be read again.`;
    case 'resume-boost':
      return `Ready${until} for what is likely to come after a pause.`;
    case 'missing-observation':
      return 'Not lower: something that lowering needs could not be observed.';
  }
}

function minimumSentence({ cluster }: CapacityView, { demandAcu, pause }: Decision, nowMs: number): string {
  const least = cluster.capacity.min > 0 ? 'The minimum' : 'The least while it runs';
  const demand = demandAcu === null ? 'demand is not known' : `demand is ${formatDemand(demandAcu)} ACU`;
  return `${least}; ${demand}.${pause === null ? '' : pauseText(pause, nowMs)}`;
}

/** When it will be paused, or what holds it awake. */
function pauseText(outlook: PauseOutlook, nowMs: number): string {
  if (outlook.kind === 'waiting') {
    return ` Pauses in ${formatDuration(Math.max(1_000, outlook.untilMs - nowMs))} unless somebody uses it.`;
  }
  if (outlook.kind !== 'blocked') return '';
  return ` Not paused: ${outlook.blockers.map(({ detail }) => detail).join('; ')}.`;
}

function neededText(view: CapacityView, acu: number, nowMs: number): string {
  const needed = lastNeeded(view.points, acu);
  if (needed === null) return `${formatAcu(acu)} ACU needed a while ago`;
  const ago = Math.max(0, Math.round((nowMs - needed.atMs) / 1000));
  return `${formatDemand(needed.demandAcu)} ACU needed ${ago} s ago`;
}
