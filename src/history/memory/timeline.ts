import type { TargetSpan } from '../history.ts';

/** What happened to each target, in the order of time; forgets what is older than the retention. */
export class Timeline<T extends { readonly atMs: number }> {
  readonly #byTarget = new Map<string, T[]>();
  readonly #retentionMs: number;

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  append(target: string, entries: readonly T[]): void {
    if (entries.length === 0) return;
    const kept = this.#byTarget.get(target) ?? [];
    this.#byTarget.set(target, kept);
    for (const entry of entries) {
      const isLate = kept.length > 0 && entry.atMs < kept.at(-1)!.atMs;
      if (isLate) kept.splice(firstAfter(kept, entry.atMs), 0, entry);
      else kept.push(entry);
    }
    // In strides: moving a long array for every dropped entry would cost more than keeping it a little longer.
    const drop = firstAfter(kept, kept.at(-1)!.atMs - this.#retentionMs);
    if (drop > Math.max(100, kept.length / 10)) kept.splice(0, drop);
  }

  between(window: { readonly target: string; readonly fromMs: number; readonly toMs: number }): readonly T[] {
    const kept = this.#byTarget.get(window.target) ?? [];
    return kept.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
  }

  spans(): TargetSpan[] {
    return [...this.#byTarget]
      .flatMap(([target, kept]) =>
        kept.length === 0 ? [] : [{ target, firstMs: kept[0]!.atMs, lastMs: kept.at(-1)!.atMs }],
      )
      .sort((a, b) => (a.target < b.target ? -1 : 1));
  }

  prune(nowMs: number): void {
    for (const kept of this.#byTarget.values()) kept.splice(0, firstAfter(kept, nowMs - this.#retentionMs));
  }
}

/** Index of the first entry later than `atMs`. */
function firstAfter(entries: readonly { readonly atMs: number }[], atMs: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
