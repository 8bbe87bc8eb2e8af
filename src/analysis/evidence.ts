import type { Dimension } from '../load/model.ts';
import { CPU, CPU_RUNNING, CPU_WAITING } from '../load/model.ts';
import type { AnalysisInput, KeyedLoad, SqlLoad, Stretch } from './input.ts';
import type { Finding } from './model.ts';
import type { Part } from './parts.ts';
import { count, duration, figure, percent, sqlName, waitName } from './wording.ts';

export type Evidence = Finding['evidence'][number];
export type About = Finding['about'][number];

export function lasted({ heldMs, stretches }: Part): Evidence {
  const pieces = stretches > 1 ? ` in ${count(stretches, 'stretch')}`.replace(/stretchs$/, 'stretches') : '';
  return { name: 'lasted', value: `${duration(heldMs)}${pieces}` };
}

/** The part of a window in which it held, as a finding has it. */
export function at({ fromMs, toMs }: Stretch): Stretch {
  return { fromMs, toMs };
}

export function aboutSql(id: string, { texts }: AnalysisInput): readonly About[] {
  return id === '' ? [] : [{ dimension: 'db.sql_tokenized', key: id, label: sqlName(id, texts) }];
}

export function aboutBlockingSql(id: string, { texts }: AnalysisInput): readonly About[] {
  return id === '' ? [] : [{ dimension: 'db.blocking_sql', key: id, label: sqlName(id, texts) }];
}

export function about(dimension: Dimension, key: string, label = key): About {
  return { dimension, key, label };
}

/** Statements by their load in some waits, with their share of all of it. */
export function culprits(
  { topSql }: AnalysisInput,
  fits: (waitEvent: string) => boolean,
): readonly { readonly id: string; readonly share: number; readonly aas: number }[] {
  const loads = topSql.map((sql) => ({ id: sql.id, aas: loadIn(sql, fits) }));
  const total = loads.reduce((sum, { aas }) => sum + aas, 0);
  return loads
    .filter(({ id, aas }) => id !== '' && aas > 0)
    .map(({ id, aas }) => ({ id, aas, share: aas / total }))
    .toSorted((a, b) => b.aas - a.aas);
}

/** `most by`, where one statement stands out. */
export function culpritEvidence(
  input: AnalysisInput,
  fits: (waitEvent: string) => boolean,
  name: string,
): { readonly evidence: readonly Evidence[]; readonly id: string; readonly about: readonly About[] } {
  const [first] = culprits(input, fits);
  if (first === undefined || first.share < LEAST_CULPRIT_SHARE) return { evidence: [], id: '', about: [] };
  return {
    id: first.id,
    evidence: [{ name, value: `${sqlName(first.id, input.texts)} (${percent(first.share)} of it)` }],
    about: aboutSql(first.id, input),
  };
}

const LEAST_CULPRIT_SHARE = 0.25;

function loadIn({ waits }: SqlLoad, fits: (waitEvent: string) => boolean): number {
  return waits.reduce((sum, { key, aas }) => sum + (fits(key) ? aas : 0), 0);
}

/** `Lock:transactionid 80 %, CPU 15 %` */
export function shares(loads: readonly KeyedLoad[], most: number): string {
  const total = loads.reduce((sum, { aas }) => sum + aas, 0);
  const shown = loads.slice(0, most).filter(({ aas }) => aas / total >= 0.05);
  return shown.map(({ key, aas }) => `${waitName(key)} ${percent(aas / total)}`).join(', ');
}

export function sessions(aas: number): string {
  return `${figure(aas)} average active sessions`;
}

export function isCpu(waitEvent: string): boolean {
  return waitEvent === CPU || waitEvent === CPU_RUNNING || waitEvent === CPU_WAITING;
}

export function isLock(waitEvent: string): boolean {
  return waitEvent.startsWith('Lock:');
}
