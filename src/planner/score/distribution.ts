import type { Distribution } from '../results.ts';

/** More are not sorted but counted, each to within a 65,536th of the greatest. */
const MOST_SORTED = 50_000;
const BUCKETS = 65_536;

/** Of values that are 0 or more. A percentile is the least value at or below which that share of them lies. */
export function distributionOf(values: Float32Array): Distribution {
  const count = values.length;
  if (count === 0) return { mean: 0, p50: 0, p95: 0, p99: 0, max: 0 };
  let sum = 0;
  let max = 0;
  for (let index = 0; index < count; index += 1) {
    const value = values[index]!;
    sum += value;
    if (value > max) max = value;
  }
  const [p50, p95, p99] = count <= MOST_SORTED ? sorted(values) : counted(values, max);
  return { mean: sum / count, p50, p95, p99, max };
}

type Percentiles = readonly [p50: number, p95: number, p99: number];

function sorted(values: Float32Array): Percentiles {
  const ordered = Float32Array.from(values).sort();
  const at = (share: number) => ordered[Math.max(0, Math.ceil(share * ordered.length - 1e-9) - 1)]!;
  return [at(0.5), at(0.95), at(0.99)];
}

function counted(values: Float32Array, max: number): Percentiles {
  if (max === 0) return [0, 0, 0];
  const counts = new Uint32Array(BUCKETS + 1);
  const scale = BUCKETS / max;
  for (let index = 0; index < values.length; index += 1) {
    counts[Math.round(values[index]! * scale)]! += 1;
  }
  const at = (share: number) => bucketAt(counts, share * values.length) / scale;
  return [at(0.5), at(0.95), at(0.99)];
}

function bucketAt(counts: Uint32Array, wanted: number): number {
  let reached = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    reached += counts[bucket]!;
    if (reached >= wanted - 1e-9) return bucket;
  }
  return counts.length - 1;
}
