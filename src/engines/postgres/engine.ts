import { POSTGRES_SCHEMES, parsePostgresUrl } from './address.ts';
import { connectFailure } from './failure.ts';
import { Link } from './link.ts';
import { PostgresSession } from './postgres-session.ts';
import { probeServer } from './server-probe.ts';
import type { Engine } from '../engine.ts';

/** PostgreSQL 13 and newer, without any extension; pg_stat_statements is used where it is. */
export function createPostgresEngine(): Engine {
  return {
    name: 'postgresql',
    schemes: POSTGRES_SCHEMES,
    async connect(url, options) {
      const address = parsePostgresUrl(url);
      const link = await Link.open(address, options);
      try {
        return new PostgresSession(link, await probeServer(link));
      } catch (error) {
        await link.close();
        throw connectFailure(error, address);
      }
    },
  };
}
