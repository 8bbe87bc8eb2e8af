import { NAMES } from './sql/probe.ts';
import type { Link } from './link.ts';

/** Names of databases and roles by oid; asked for when an unknown oid turns up. What has no name (dropped) reads ''. */
export class NameCache {
  readonly #link: Link;
  readonly #databases = new Map<number, string>();
  readonly #roles = new Map<number, string>();

  constructor(link: Link) {
    this.#link = link;
  }

  database(oid: number | null): string {
    return this.#databases.get(oid ?? 0) ?? '';
  }

  role(oid: number | null): string {
    return this.#roles.get(oid ?? 0) ?? '';
  }

  async learn(databaseOids: readonly (number | null)[], roleOids: readonly (number | null)[]): Promise<void> {
    const databases = unknownTo(this.#databases, databaseOids);
    const roles = unknownTo(this.#roles, roleOids);
    if (databases.length + roles.length === 0) return;
    const rows = (await this.#link.run(NAMES, [databases, roles])) as [string, number, string][];
    for (const oid of databases) this.#databases.set(oid, '');
    for (const oid of roles) this.#roles.set(oid, '');
    for (const [kind, oid, name] of rows)
      (kind === 'database' ? this.#databases : this.#roles).set(oid, name);
  }
}

function unknownTo(names: ReadonlyMap<number, string>, oids: readonly (number | null)[]): number[] {
  return [...new Set(oids)].filter((oid): oid is number => oid !== null && oid !== 0 && !names.has(oid));
}
