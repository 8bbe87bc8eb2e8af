import stringWidth from 'string-width';

/** Control characters, and the marks that reorder or hide text: a statement must not be able to steer a terminal. */
// oxlint-disable-next-line no-control-regex -- removing control characters is the purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/** One line of printable text: whatever came from a database passes through here before it is shown. */
export function clean(text: string): string {
  return text.replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim();
}

/** Columns that `text` takes on a terminal. */
export function width(text: string): number {
  return PLAIN_ASCII.test(text) ? text.length : stringWidth(text);
}

/** Cut to at most `columns`, the last one an ellipsis where something was cut. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (width(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const size = width(character);
    if (used + size > columns - 1) break;
    kept += character;
    used += size;
  }
  return `${kept}…`;
}

/** Exactly `columns` wide, cut or padded on the right. */
export function fit(text: string, columns: number): string {
  const kept = cut(text, columns);
  return kept + ' '.repeat(Math.max(0, columns - width(kept)));
}

/** Exactly `columns` wide, cut or padded on the left. */
export function fitRight(text: string, columns: number): string {
  const kept = cut(text, columns);
  return ' '.repeat(Math.max(0, columns - width(kept))) + kept;
}

/** Lines of at most `columns`, broken at spaces. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && width(longer) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === '' ? lines : [...lines, line];
}
