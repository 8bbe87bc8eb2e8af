/** Rows of a file: a time for each, and a value for each and column, NaN for an empty cell. */
export interface TimedRows {
  readonly timesMs: Float64Array;
  readonly columns: readonly Float32Array[];
}

export interface OrderedRows extends TimedRows {
  /** Times that were there more than once: with the same values, and with others. */
  readonly repeated: number;
  readonly contradicted: number;
}

/** In the order of time, the first of two rows of the same time before the second. */
export function sortRows({ timesMs, columns }: TimedRows): TimedRows {
  const order = Uint32Array.from({ length: timesMs.length }, (_, index) => index);
  order.sort((a, b) => timesMs[a]! - timesMs[b]! || a - b);
  return {
    timesMs: permuted(timesMs, order, new Float64Array(order.length)),
    columns: columns.map((column) => permuted(column, order, new Float32Array(order.length))),
  };
}

/** Makes one row of those of the same time, with the means of their values. Rows are in the order of time. */
export function mergeTimes({ timesMs, columns }: TimedRows): OrderedRows {
  let [repeated, contradicted, kept] = [0, 0, 0];
  for (let from = 0, to = 1; from < timesMs.length; from = to, to += 1) {
    while (to < timesMs.length && timesMs[to] === timesMs[from]) to += 1;
    if (to - from > 1) {
      const differ = columns.some((column) => !isConstant(column, from, to));
      if (differ) contradicted += 1;
      else repeated += 1;
    }
    timesMs[kept] = timesMs[from]!;
    for (const column of columns)
      column[kept] = to - from === 1 ? column[from]! : meanKnown(column, from, to);
    kept += 1;
  }
  if (kept === timesMs.length) return { timesMs, columns, repeated, contradicted };
  return {
    timesMs: timesMs.slice(0, kept),
    columns: columns.map((column) => column.slice(0, kept)),
    repeated,
    contradicted,
  };
}

function permuted<Numbers extends Float32Array | Float64Array>(
  values: Numbers,
  order: Uint32Array,
  into: Numbers,
): Numbers {
  for (let index = 0; index < order.length; index += 1) into[index] = values[order[index]!]!;
  return into;
}

function isConstant(values: Float32Array, from: number, to: number): boolean {
  for (let index = from + 1; index < to; index += 1)
    if (!Object.is(values[index], values[from])) return false;
  return true;
}

/** NaN where none is known. */
function meanKnown(values: Float32Array, from: number, to: number): number {
  let [sum, count] = [0, 0];
  for (let index = from; index < to; index += 1) {
    const value = values[index]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return sum / count;
}
