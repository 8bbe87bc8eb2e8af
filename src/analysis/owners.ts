import type { KeyedLoad, SqlOwners } from './input.ts';

/** Whose session it was; empty where that is not known. */
export interface Owner {
  readonly user: string;
  readonly application: string;
}

/** Several that ran the same statement cannot be told apart: then nobody is named. */
const SURE = 0.9;

export function ownerOf(owners: readonly SqlOwners[], sqlId: string): Owner {
  const found = sqlId === '' ? undefined : owners.find((one) => one.sqlId === sqlId);
  return { user: onlyOne(found?.users ?? []), application: onlyOne(found?.applications ?? []) };
}

function onlyOne(loads: readonly KeyedLoad[]): string {
  const total = loads.reduce((sum, { aas }) => sum + aas, 0);
  const [first] = loads;
  return first !== undefined && first.aas >= SURE * total ? first.key : '';
}

/** ` (app_shop, shop-admin)` */
export function inParentheses({ user, application }: Owner): string {
  const words = [user, application].filter((word) => word !== '');
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
