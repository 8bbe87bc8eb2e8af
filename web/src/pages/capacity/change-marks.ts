import type uPlot from 'uplot';
import type { Ink } from '../../app/theme.ts';
import type { CapacityRow } from './capacity-rows.ts';
import { RESOURCE_LOOKS, type Resource } from './resources.ts';

const MARK_PX = 4;
/** Closer than this, marks of one direction would cover each other. */
const LEAST_APART_PX = 10;
const STRIP_PX = 7;

/** A triangle at each change of capacity, pointing to where it went. */
export function drawChanges(plot: uPlot, rows: readonly CapacityRow[], ink: Ink): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const lastAt = { up: Number.POSITIVE_INFINITY, down: Number.POSITIVE_INFINITY };
  ctx.save();
  ctx.lineWidth = 1.5 * ratio;
  ctx.strokeStyle = ink.surface;
  for (const { kind, fromMs, toAcu } of rows) {
    if ((kind !== 'up' && kind !== 'down') || toAcu === null) continue;
    const x = plot.valToPos(fromMs / 1000, 'x', true);
    // The newest come first, so the marks go from right to left.
    if (x < bbox.left || x > bbox.left + bbox.width || lastAt[kind] - x < LEAST_APART_PX * ratio) continue;
    lastAt[kind] = x;
    const y = plot.valToPos(toAcu, 'y', true);
    const reach = (kind === 'up' ? -1 : 1) * MARK_PX * ratio;
    ctx.fillStyle = kind === 'up' ? ink.limit : ink.text;
    ctx.beginPath();
    ctx.moveTo(x, y + reach);
    ctx.lineTo(x - MARK_PX * ratio, y - reach);
    ctx.lineTo(x + MARK_PX * ratio, y - reach);
    ctx.closePath();
    ctx.stroke();
    ctx.fill();
  }
  ctx.restore();
}

/** At the top of the plot, where no line is hidden by it: which resource asks for most, in its colour. */
export function drawBinding(
  plot: uPlot,
  atMs: readonly number[],
  periodMs: number,
  binding: readonly (Resource | null)[],
): void {
  const { ctx, bbox } = plot;
  const height = STRIP_PX * devicePixelRatio;
  const clip = (x: number): number => Math.min(bbox.left + bbox.width, Math.max(bbox.left, x));
  ctx.save();
  for (let first = 0; first < atMs.length; first++) {
    const resource = binding[first] ?? null;
    let last = first;
    while (last + 1 < atMs.length && binding[last + 1] === resource) last += 1;
    if (resource !== null) {
      const left = clip(plot.valToPos((atMs[first] ?? 0) / 1000, 'x', true));
      const right = clip(plot.valToPos(((atMs[last] ?? 0) + periodMs) / 1000, 'x', true));
      ctx.fillStyle = RESOURCE_LOOKS[resource].color;
      ctx.fillRect(left, bbox.top, right - left, height);
    }
    first = last;
  }
  ctx.restore();
}
