import type { Span } from '../../view/time-window.ts';

/** The command that prints the same in a terminal. */
export function reportCommand(name: string, { fromMs, toMs }: Span): string {
  return `airglow report ${quoted(name)} --from ${timeOf(fromMs)} --to ${timeOf(toMs)}`;
}

/** In UTC, as the command takes it; whole seconds are enough for people. */
function timeOf(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function quoted(name: string): string {
  return /^[\w.@:-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
