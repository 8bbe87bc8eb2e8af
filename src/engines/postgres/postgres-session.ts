import { BlockerFinder } from './blocker-finder.ts';
import { CounterReader } from './counter-reader.ts';
import { NameCache } from './name-cache.ts';
import { Sampler } from './sampler.ts';
import { StatementCatalog } from './statement-catalog.ts';
import { StatementCounters } from './statement-counters.ts';
import type { Link } from './link.ts';
import type { ServerProbe } from './server-probe.ts';
import type { Blocking, Counter, EngineInfo, EngineSample, EngineSession, SampleRequest } from '../engine.ts';

/** All that is asked of one server, over its one connection. */
export class PostgresSession implements EngineSession {
  readonly info: EngineInfo;
  readonly closed: Promise<void>;
  readonly #link: Link;
  readonly #sampler: Sampler;
  readonly #blockers: BlockerFinder;
  readonly #counters: CounterReader;

  constructor(link: Link, { info, traits, statementsSchema: schema }: ServerProbe) {
    const catalog = new StatementCatalog(link, schema);
    this.info = info;
    this.closed = link.closed;
    this.#link = link;
    this.#sampler = new Sampler(link, new NameCache(link), catalog, traits);
    this.#blockers = new BlockerFinder(link, catalog, traits);
    const statements = schema === null ? null : new StatementCounters(link, catalog, schema);
    this.#counters = new CounterReader(link, traits.versionNumber, statements);
  }

  async sample(request: SampleRequest): Promise<EngineSample> {
    return this.#sampler.sample(request);
  }

  async blockers(waitingPids: readonly number[]): Promise<readonly Blocking[]> {
    return this.#blockers.find(waitingPids);
  }

  async counters(): Promise<readonly Counter[]> {
    return this.#counters.read();
  }

  async close(): Promise<void> {
    await this.#link.close();
  }
}
