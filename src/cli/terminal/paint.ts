import { width } from './text.ts';

/** Bits of colour: 0 is none, then the letters and patterns carry the meaning. */
export type ColorDepth = 0 | 4 | 8;

/** A colour in the 256-colour palette, with its nearest in the 16-colour one (30-37, 90-97). */
export interface Hue {
  readonly c256: number;
  readonly c16: number;
}

export interface Ink {
  readonly fg?: Hue | undefined;
  readonly bg?: Hue | undefined;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
}

export interface Span {
  readonly text: string;
  readonly ink?: Ink | undefined;
}

export type Line = readonly Span[];

export function span(text: string, ink?: Ink): Span {
  return { text, ink };
}

/** Select Graphic Rendition parameters of an ink; empty is the terminal's own. Bold and inverse survive NO_COLOR. */
function parameters(ink: Ink | undefined, depth: ColorDepth): string {
  if (ink === undefined || depth === 0) return '';
  const codes: (number | string)[] = [];
  if (ink.bold === true) codes.push(1);
  if (ink.dim === true) codes.push(2);
  if (ink.inverse === true) codes.push(7);
  if (ink.fg !== undefined) codes.push(depth === 8 ? `38;5;${ink.fg.c256}` : ink.fg.c16);
  if (ink.bg !== undefined) codes.push(depth === 8 ? `48;5;${ink.bg.c256}` : ink.bg.c16 + 10);
  return codes.join(';');
}

/** The line as text with escape codes, switching only where the ink changes. Not longer than `columns`. */
export function paint(line: Line, columns: number, depth: ColorDepth): string {
  let text = '';
  let used = 0;
  let current = '';
  for (const { text: part, ink } of line) {
    const room = columns - used;
    if (room <= 0) break;
    const kept = width(part) <= room ? part : clip(part, room);
    if (kept === '') continue;
    const wanted = parameters(ink, depth);
    if (wanted !== current) text += wanted === '' ? '\u001b[0m' : `\u001b[0;${wanted}m`;
    current = wanted;
    text += kept;
    used += width(kept);
  }
  return current === '' ? text : `${text}\u001b[0m`;
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, part) => sum + width(part.text), 0);
}

/** The first of the right parts that there is room for, pushed to the right edge. */
export function spread(left: Line, rights: readonly Line[], columns: number): Line {
  for (const right of rights) {
    const gap = columns - lineWidth(left) - lineWidth(right);
    if (gap >= 1) return [...left, span(' '.repeat(gap)), ...right];
  }
  return left;
}

function clip(text: string, columns: number): string {
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += width(character);
    if (used > columns) break;
    kept += character;
  }
  return kept;
}
