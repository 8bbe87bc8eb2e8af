import type {
  CounterQuery,
  CounterSeries,
  DecisionRecord,
  EventQuery,
  HistoryEvent,
  RecordQuery,
  TargetSpan,
} from '../history.ts';
import { DEFAULT_EVENT_LIMIT, periodStarts } from '../window.ts';
import type { Session } from './database.ts';
import type { DayFile } from './day-file.ts';
import { boundsIn, daysOf } from './days-of-window.ts';
import { placeholders } from './dialect.ts';
import { periodOf } from './load-sql.ts';

type Days = readonly DayFile[];

export async function readTargets(session: Session, days: Days): Promise<TargetSpan[]> {
  const spans = new Map<string, { firstMs: number; lastMs: number }>();
  for (const { dayMs, catalog } of days.toSorted((a, b) => a.dayMs - b.dayMs)) {
    const [names, first, last] = (await session.columns(
      `SELECT n.name, MIN(s.at_ms), MAX(s.at_ms) FROM ${catalog}.tick AS s JOIN ${catalog}.target AS n
       ON n.id = s.target GROUP BY n.name`,
    )) as [string[], number[], number[]];
    names.forEach((target, row) => {
      const firstMs = spans.get(target)?.firstMs ?? dayMs + first[row]!;
      spans.set(target, { firstMs, lastMs: dayMs + last[row]! });
    });
  }
  return [...spans]
    .map(([target, span]) => ({ target, ...span }))
    .sort((a, b) => (a.target < b.target ? -1 : 1));
}

export async function readCounters(
  session: Session,
  days: Days,
  query: CounterQuery,
): Promise<CounterSeries[]> {
  const startsMs = periodStarts(query, query.periodSeconds);
  const periods = { firstMs: startsMs[0] ?? 0, periodMs: query.periodSeconds * 1000 };
  const found = new Map<string, Map<string, (number | null)[]>>();
  for (const day of daysOf(days, query)) {
    const [numbers, metrics, keys, values] = await counterColumns(
      session,
      day,
      query,
      periodOf(day, periods),
    );
    numbers.forEach((number, row) => {
      const ofMetric = entryOf(found, metrics[row]!, () => new Map<string, (number | null)[]>());
      const points = entryOf(ofMetric, keys[row]!, () => startsMs.map(() => null));
      points[Number(number)] = values[row]!;
    });
  }
  return [...new Set(query.metrics)].flatMap((metric) =>
    [...(found.get(metric) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, values]) => ({
        metric,
        key,
        points: startsMs.map((atMs, index) => ({ atMs, value: values[index]! })),
      })),
  );
}

/** A period never crosses midnight, so one day's figures of it are final. */
async function counterColumns(
  session: Session,
  day: DayFile,
  query: CounterQuery,
  period: string,
): Promise<[unknown[], string[], string[], number[]]> {
  if (query.metrics.length === 0 || query.keys?.length === 0) return [[], [], [], []];
  const { catalog, dayMs } = day;
  const ofKeys = query.keys === undefined ? '' : `AND k.text IN (${placeholders(query.keys.length)})`;
  return (await session.columns(
    `SELECT ${period} AS period, m.text, k.text,
       CASE WHEN MAX(s.duration_us) > 0 THEN SUM(s.value) ELSE AVG(s.value) END
     FROM ${catalog}.counter AS s JOIN ${catalog}.value AS m ON m.id = s.metric JOIN ${catalog}.value AS k ON k.id = s.key
     WHERE s.target = ? AND s.at_ms >= ? AND s.at_ms < ?
       AND m.text IN (${placeholders(query.metrics.length)}) ${ofKeys}
     GROUP BY period, m.text, k.text`,
    [day.targetIds.get(query.target)!, ...boundsIn(dayMs, query), ...query.metrics, ...(query.keys ?? [])],
  )) as [unknown[], string[], string[], number[]];
}

export async function readEvents(session: Session, days: Days, query: EventQuery): Promise<HistoryEvent[]> {
  const conditions = [
    ...(query.severity === undefined ? [] : [{ sql: 'severity = ?', parameters: [query.severity] }]),
    ...(query.search === undefined ? [] : [searchCondition(query.search)]),
  ];
  const from = { table: 'event', columns: 'kind, severity, message, data', conditions } as const;
  return newestFirst(session, days, query, from, (atMs, cells) => ({
    atMs,
    kind: cells[0]!,
    severity: cells[1] as HistoryEvent['severity'],
    message: cells[2]!,
    data: JSON.parse(cells[3]!) as HistoryEvent['data'],
  }));
}

export async function readDecisions(
  session: Session,
  days: Days,
  query: RecordQuery,
): Promise<DecisionRecord[]> {
  const from = { table: 'decision', columns: 'decision', conditions: [] } as const;
  return newestFirst(session, days, query, from, (atMs, [decision]) => ({
    atMs,
    decision: JSON.parse(decision!) as DecisionRecord['decision'],
  }));
}

interface Condition {
  readonly sql: string;
  readonly parameters: readonly string[];
}

interface Source {
  readonly table: 'event' | 'decision';
  readonly columns: string;
  readonly conditions: readonly Condition[];
}

/** Nothing in what is sought stands for anything else, as it would with LIKE. */
function searchCondition(sought: string): Condition {
  return {
    sql: '(CONTAINS(LOWER(message), LOWER(?)) OR CONTAINS(LOWER(kind), LOWER(?)))',
    parameters: [sought, sought],
  };
}

/** From the newest day backwards, until there are enough. */
async function newestFirst<T>(
  session: Session,
  days: Days,
  query: RecordQuery,
  { table, columns, conditions }: Source,
  toRecord: (atMs: number, cells: readonly string[]) => T,
): Promise<T[]> {
  const limit = query.limit ?? DEFAULT_EVENT_LIMIT;
  const records: T[] = [];
  const all = ['target = ?', 'at_ms >= ?', 'at_ms < ?', ...conditions.map(({ sql }) => sql)].join(' AND ');
  for (const { dayMs, catalog, targetIds } of daysOf(days, query).toReversed()) {
    if (records.length >= limit) break;
    const [times, ...cells] = await session.columns(
      `SELECT at_ms, ${columns} FROM ${catalog}.${table} WHERE ${all}
       ORDER BY at_ms DESC, seq DESC LIMIT ?`,
      [
        targetIds.get(query.target)!,
        ...boundsIn(dayMs, query),
        ...conditions.flatMap(({ parameters }) => parameters),
        limit - records.length,
      ],
    );
    times!.forEach((offsetMs, row) =>
      records.push(
        toRecord(
          dayMs + (offsetMs as number),
          cells.map((column) => column[row] as string),
        ),
      ),
    );
  }
  return records;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
