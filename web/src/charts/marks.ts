import type uPlot from 'uplot';
import type { Ink } from '../app/theme.ts';
import type { Span } from '../view/time-window.ts';

/** What is drawn on a plot beside its areas: time without observation, time asleep, moments with a name. */

interface Place {
  readonly left: number;
  readonly right: number;
}

/** Stretches that nobody observed: hatched, so that they are taken neither for zero nor for load. */
export function drawGaps(plot: uPlot, gaps: readonly Span[], ink: Ink): void {
  for (const gap of gaps) hatch(plot, gap, ink.gap, 'not observed', ink);
}

/** Stretches asleep: covered time without load. */
export function drawPauses(plot: uPlot, pauses: readonly Span[], ink: Ink): void {
  for (const pause of pauses) {
    const place = placeOf(plot, pause);
    if (place === null) continue;
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.globalAlpha = 0.22;
    ctx.fillStyle = ink.pause;
    ctx.fillRect(place.left, bbox.top, place.right - place.left, bbox.height);
    ctx.restore();
    write(plot, 'asleep', place, ink);
  }
}

export interface LevelName {
  readonly value: number;
  readonly text: string;
  readonly color: string;
  /** Names of levels that may come close to each other stand at different ends. */
  readonly end: 'left' | 'right';
}

/** The name of a level, over everything else. */
export function drawLevelName(plot: uPlot, { value, text, color, end }: LevelName, ink: Ink): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, 'y', true);
  if (y < bbox.top - 1) return;
  ctx.save();
  ctx.font = fontOf();
  ctx.textAlign = end;
  ctx.textBaseline = y - bbox.top < 16 * devicePixelRatio ? 'top' : 'bottom';
  const inset = 4 * devicePixelRatio;
  const x = end === 'left' ? bbox.left + inset : bbox.left + bbox.width - inset;
  ctx.setLineDash([]);
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeStyle = ink.surface;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
  ctx.restore();
}

function hatch(plot: uPlot, span: Span, color: string, text: string, ink: Ink): void {
  const place = placeOf(plot, span);
  if (place === null) return;
  const { ctx, bbox } = plot;
  const step = 7 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(place.left, bbox.top, place.right - place.left, bbox.height);
  ctx.clip();
  // The lines of the series may have left theirs.
  ctx.setLineDash([]);
  ctx.strokeStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = place.left - bbox.height; x < place.right; x += step) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.stroke();
  ctx.restore();
  write(plot, text, place, ink);
}

/** Only where there is room for it. */
function write(plot: uPlot, text: string, { left, right }: Place, ink: Ink): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = fontOf();
  if (ctx.measureText(text).width < right - left - 8 * devicePixelRatio) {
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    const [x, y] = [(left + right) / 2, bbox.top + 6 * devicePixelRatio];
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.strokeStyle = ink.surface;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = ink.faint;
    ctx.fillText(text, x, y);
  }
  ctx.restore();
}

function placeOf(plot: uPlot, { fromMs, toMs }: Span): Place | null {
  const { left, width } = plot.bbox;
  const clip = (x: number): number => Math.min(left + width, Math.max(left, x));
  const place = {
    left: clip(plot.valToPos(fromMs / 1000, 'x', true)),
    right: clip(plot.valToPos(toMs / 1000, 'x', true)),
  };
  return place.right - place.left < 0.5 ? null : place;
}

function fontOf(): string {
  return `${12 * devicePixelRatio}px system-ui, sans-serif`;
}
