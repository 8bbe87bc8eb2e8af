export interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Runs it once to warm up and then measures it `runs` times. */
export async function measure(runs: number, work: () => Promise<unknown>): Promise<Quantiles> {
  await work();
  const timesMs: number[] = [];
  for (let run = 0; run < runs; run++) timesMs.push(await timed(work));
  return quantiles(timesMs);
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function quantiles(timesMs: readonly number[]): Quantiles {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function printTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  for (const row of cells)
    console.log(
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    );
}
