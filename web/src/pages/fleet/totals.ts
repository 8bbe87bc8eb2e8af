import { isOverloaded, type FleetRow } from './fleet-row.ts';

export interface FleetTotals {
  readonly databases: number;
  readonly asleep: number;
  /** Over all that are observed; null where none is. */
  readonly aas: number | null;
  /** In force in all that run here; null where none is run here. */
  readonly acu: number | null;
  readonly acuHours: number;
  readonly cost: number;
  readonly fixedMaximumCost: number;
  readonly currency: string;
}

export function totalsOf(rows: readonly FleetRow[]): FleetTotals {
  const clusters = rows.flatMap(({ cluster }) => cluster ?? []);
  const loads = rows.flatMap(({ load }) => load?.aas ?? []);
  return {
    databases: rows.length,
    asleep: rows.filter(({ state }) => state === 'asleep').length,
    aas: loads.length === 0 ? null : sum(loads),
    acu: clusters.length === 0 ? null : sum(clusters.map(({ capacity }) => capacity.current)),
    acuHours: sum(clusters.map(({ acuHours }) => acuHours)),
    cost: sum(clusters.map(({ cost }) => cost.amount)),
    fixedMaximumCost: sum(clusters.map(({ cost }) => cost.fixedMaximumAmount)),
    currency: clusters[0]?.cost.currency ?? '',
  };
}

export interface Attention {
  readonly level: 'stuck' | 'busy' | 'fine';
  readonly title: string;
}

/** What to look at first, in a few words. */
export function attentionOf(rows: readonly FleetRow[]): Attention {
  const broken = rows.filter(({ state }) => state === 'failed' || state === 'unreachable');
  const overloaded = rows.filter(isOverloaded);
  const busy = overloaded.length === 0 ? '' : `${told(overloaded)} more load than processors`;
  if (broken.length > 0) {
    const lost = `${nameList(broken)} ${broken.length === 1 ? 'does' : 'do'} not answer`;
    return { level: 'stuck', title: busy === '' ? lost : `${lost}; ${busy}` };
  }
  if (busy !== '') return { level: 'busy', title: busy };
  return { level: 'fine', title: 'All is well' };
}

function told(rows: readonly FleetRow[]): string {
  return `${nameList(rows)} ${rows.length === 1 ? 'has' : 'have'}`;
}

const MOST_NAMES = 3;

function nameList(rows: readonly FleetRow[]): string {
  const names = rows.slice(0, MOST_NAMES).map(({ name }) => name);
  const left = rows.length - names.length;
  if (left > 0) return `${names.join(', ')} and ${left} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
