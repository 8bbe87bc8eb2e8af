/** max_connections of Aurora PostgreSQL by its maximum, as AWS lists them; from 32 ACU on it stays the same. */
const ACU = [1, 4, 8, 16, 32] as const;
const CONNECTIONS = [189, 823, 1669, 3360, 5000] as const;

/** Between two of the list in proportion; below it in proportion to memory, as the formula behind it has it. */
export function maxConnections(acu: number): number {
  const [leastAcu] = ACU;
  if (acu <= leastAcu) return CONNECTIONS[0] * acu;
  for (let index = 1; index < ACU.length; index++) {
    const [fromAcu = 0, toAcu = 0] = [ACU[index - 1], ACU[index]];
    const [from = 0, to = 0] = [CONNECTIONS[index - 1], CONNECTIONS[index]];
    if (acu <= toAcu) return from + ((to - from) * (acu - fromAcu)) / (toAcu - fromAcu);
  }
  return CONNECTIONS[CONNECTIONS.length - 1] ?? 0;
}
