import { AirglowError } from '../../errors.ts';

export const VALUE_UNITS = ['cpu-percent', 'cores', 'aas', 'requests'] as const;
export type ValueUnit = (typeof VALUE_UNITS)[number];

/** What a file does not say about itself. */
export interface CsvOptions {
  /** Of the trace. */
  readonly name: string;
  /** As messages name the file. */
  readonly file: string;
  /** Seconds from row to row, for a file without timestamps. */
  readonly periodSeconds: number | null;
  /** What the column `value` is. */
  readonly unit: ValueUnit | null;
  /** Processors of the machine that the figures are from. */
  readonly vcpus: number | null;
  /** CPU-seconds that a request takes. */
  readonly coresPerRequest: number | null;
}

/** Columns that hold load, each in the unit that its name says. */
export const QUANTITIES = [
  'cpu_cores',
  'cpu_percent',
  'requests',
  'aas_cpu',
  'aas_io',
  'aas_lock',
  'memory_gib',
  'network_mbps',
] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** Names that monitoring systems give to the same. */
const ALIASES: Readonly<Record<string, string>> = {
  cpuutilization: 'cpu_percent',
  average: 'value',
  'time (utc)': 'timestamp',
  datetime: 'timestamp',
  time: 'timestamp',
};

/** Of several columns that say how much CPU is used, the first of these counts. */
const CPU_QUANTITIES: readonly Quantity[] = ['cpu_cores', 'cpu_percent', 'requests', 'aas_cpu'];

const QUANTITY_OF_UNIT: Readonly<Record<ValueUnit, Quantity>> = {
  'cpu-percent': 'cpu_percent',
  cores: 'cpu_cores',
  aas: 'aas_cpu',
  requests: 'requests',
};

export interface UsedColumn {
  readonly quantity: Quantity;
  /** As the header names it. */
  readonly name: string;
  /** Its place in a row. */
  readonly at: number;
}

export interface ColumnPlan {
  /** Null for a file without timestamps, which has `periodSeconds` instead. */
  readonly timestampAt: number | null;
  readonly used: readonly UsedColumn[];
  readonly width: number;
  readonly notes: readonly string[];
}

/** Which columns of a header are read, and as what. Raises INVALID_ARGUMENT where it cannot be told or an option lacks. */
export function planColumns(header: readonly string[], options: CsvOptions): ColumnPlan {
  const names = header.map((name) => plainName(name));
  refuseTwice(names, options.file);
  const known = names.flatMap((name, at): UsedColumn[] => {
    const quantity = quantityOf(name, options.unit);
    return quantity === null ? [] : [{ quantity, name, at }];
  });
  const [value, cpu] = [names.includes('value'), chooseCpu(known)];
  if (value && options.unit === null && cpu === null) throw needsUnit(options.file);
  if (known.length === 0) throw nothingKnown(header, options.file);
  const used = known.filter((column) => column === cpu || !CPU_QUANTITIES.includes(column.quantity));
  if (cpu !== null) checkOptions(cpu, options);
  const timestampAt = findTimestamp(names, options);
  const leftOut = names.filter((_, at) => at !== timestampAt && !known.some((column) => column.at === at));
  const notes = [
    ...leftOutNotes(leftOut),
    ...precedenceNotes(known, used, cpu),
    ...(cpu === null ? ['No column says how much CPU was used, so the load has none.'] : []),
  ];
  return { timestampAt, used, width: header.length, notes };
}

function plainName(name: string): string {
  const plain = name.trim().toLowerCase();
  return ALIASES[plain] ?? plain;
}

function quantityOf(name: string, unit: ValueUnit | null): Quantity | null {
  if (name === 'value') return unit === null ? null : QUANTITY_OF_UNIT[unit];
  return QUANTITIES.find((quantity) => quantity === name) ?? null;
}

/** A column with a name of its own goes before `value`. */
function chooseCpu(known: readonly UsedColumn[]): UsedColumn | null {
  for (const quantity of CPU_QUANTITIES) {
    const same = known.filter((column) => column.quantity === quantity);
    const chosen = same.find(({ name }) => name !== 'value') ?? same[0];
    if (chosen !== undefined) return chosen;
  }
  return null;
}

function findTimestamp(names: readonly string[], { file, periodSeconds }: CsvOptions): number | null {
  const at = names.indexOf('timestamp');
  if (at >= 0) return at;
  const similar = names.find((name) => /^(?:time|date|datetime|ts|time_?stamp.*|.*_time|at)$/.test(name));
  const rename = similar === undefined ? '' : `rename column "${similar}" to it, or `;
  if (periodSeconds === null)
    throw invalid(
      `${file} has no column "timestamp": ${rename}say with --period how many seconds a row stands for`,
    );
  if (!(periodSeconds > 0 && Number.isFinite(periodSeconds)))
    throw invalid(`--period must be a number of seconds above 0, not ${periodSeconds}`);
  return null;
}

function checkOptions({ quantity, name }: UsedColumn, { file, vcpus, coresPerRequest }: CsvOptions): void {
  if (quantity === 'cpu_percent' && vcpus === null)
    throw invalid(
      `column "${name}" of ${file} is a share of a machine: say with --vcpus how many CPUs that had`,
    );
  if (quantity === 'requests' && coresPerRequest === null)
    throw invalid(
      `column "${name}" of ${file} counts requests: say with --cores-per-request how many CPU-seconds one takes, such as 0.005`,
    );
  for (const [option, given] of [
    ['--vcpus', vcpus],
    ['--cores-per-request', coresPerRequest],
  ] as const)
    if (given !== null && !(given > 0 && Number.isFinite(given)))
      throw invalid(`${option} must be a number above 0, not ${given}`);
}

function refuseTwice(names: readonly string[], file: string): void {
  const twice = names.find((name, at) => name !== '' && names.indexOf(name) !== at);
  if (twice !== undefined)
    throw invalid(`${file}, line 1: the header names column "${twice}" twice; rename or remove one of them`);
}

function leftOutNotes(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const quoted = names.map((name) => `"${name}"`).join(', ');
  return [`${names.length === 1 ? 'Column' : 'Columns'} ${quoted} left out: not known, or without a unit.`];
}

function precedenceNotes(
  known: readonly UsedColumn[],
  used: readonly UsedColumn[],
  cpu: UsedColumn | null,
): string[] {
  const passedOver = known.filter((column) => !used.includes(column)).map(({ name }) => `"${name}"`);
  if (cpu === null || passedOver.length === 0) return [];
  return [
    `CPU is read from column "${cpu.name}"; ${passedOver.join(', ')} says the same otherwise and is left out.`,
  ];
}

function needsUnit(file: string): AirglowError {
  return invalid(`column "value" of ${file} does not say what it is: add --unit ${VALUE_UNITS.join('|')}`);
}

function nothingKnown(header: readonly string[], file: string): AirglowError {
  const found = header
    .slice(0, 10)
    .map((name) => JSON.stringify(name.trim().slice(0, 40)))
    .join(', ');
  return invalid(
    `${file} has no column with load: its first line has ${found}; name at least one of value, ${QUANTITIES.join(', ')}`,
  );
}

function invalid(message: string): AirglowError {
  return new AirglowError('INVALID_ARGUMENT', message);
}
