import type { z } from 'zod';
import type { CreateRequest, EnableTierRequest, ModifyRequest } from '../daemon/fleet.ts';
import { AirglowError, ERROR_CODES } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { DimensionFilter, PeriodSeconds } from '../history/history.ts';
import type { Activity, Dimension } from '../load/model.ts';
import * as contracts from './contracts.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import { socketTransport, tcpTransport } from './transport.ts';
import type { Transport, TransportRequest } from './transport.ts';

/** By address, or by the control socket of `airglow up`, which needs no token. */
export type ApiClientOptions = (
  | { /** `http://127.0.0.1:8642` */ readonly url: string }
  | { readonly socketPath: string }
) & {
  readonly token?: string | null;
  readonly timeoutMs?: number;
};

/** Times as the API takes them: milliseconds since 1970, ISO 8601, `now` or `-1h`. */
export interface WindowRequest {
  readonly from?: string | number;
  readonly to?: string | number;
}

export interface SelectionRequest extends WindowRequest {
  readonly activity?: Activity;
  readonly filter?: DimensionFilter;
  readonly limit?: number;
}

export interface LoadRequest extends SelectionRequest {
  readonly period?: PeriodSeconds;
  readonly groupBy?: Dimension;
}

export interface TopRequest extends SelectionRequest {
  readonly groupBy?: Dimension;
  readonly partitionBy?: Dimension;
}

export interface CountersRequest extends WindowRequest {
  readonly metrics: readonly string[];
  readonly keys?: readonly string[];
  readonly period?: PeriodSeconds;
  readonly limit?: number;
}

export interface EventsRequest extends WindowRequest {
  readonly severity?: string;
  /** Part of the message or the kind, whatever its case. */
  readonly search?: string;
  readonly limit?: number;
}

export interface DecisionsRequest extends WindowRequest {
  readonly limit?: number;
}

export interface CapacityRequest extends WindowRequest {
  readonly period?: PeriodSeconds;
}

export interface LiveRequest {
  readonly targets?: readonly string[];
  readonly groupBy?: readonly Dimension[];
  readonly signal?: AbortSignal;
}

export type LiveMessage = {
  [Name in keyof typeof contracts.liveMessages]: {
    readonly event: Name;
    readonly data: z.output<(typeof contracts.liveMessages)[Name]>;
  };
}[keyof typeof contracts.liveMessages];

type Parameters = Readonly<Record<string, string | number | undefined | readonly string[]>>;

const TIMEOUT_MS = 35_000;
/** Making, starting and stopping a database take their time. */
const CHANGE_TIMEOUT_MS = 600_000;

/**
 * Asks a running `airglow watch` or `airglow up`. Answers are checked against the contract. Raises AirglowError with the code that
 * the server gave, NO_ANSWER when nothing (sensible) answers, and TransportError for the way there.
 */
export class ApiClient {
  readonly #transport: Transport;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  constructor({ token = null, timeoutMs = TIMEOUT_MS, ...way }: ApiClientOptions) {
    this.#transport = 'url' in way ? tcpTransport(way.url) : socketTransport(way.socketPath);
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` };
    this.#timeoutMs = timeoutMs;
  }

  health = () => this.#get('/api/health', contracts.healthAnswer);
  session = () => this.#get('/api/session', contracts.sessionAnswer);
  targets = () => this.#get('/api/targets', contracts.targetsAnswer);
  target = (target: string) => this.#get(pathOf(target), contracts.targetAnswer);
  sessions = (target: string) => this.#get(pathOf(target, 'sessions'), contracts.sessionsAnswer);

  load = (target: string, { groupBy, ...request }: LoadRequest = {}) =>
    this.#get(pathOf(target, 'load'), contracts.loadAnswer, {
      ...selection(request),
      period: request.period,
      group_by: groupBy,
    });

  top = (target: string, request: TopRequest = {}) =>
    this.#get(pathOf(target, 'top'), contracts.topAnswer, {
      ...selection(request),
      group_by: request.groupBy,
      partition_by: request.partitionBy,
    });

  statements = (target: string, request: SelectionRequest = {}) =>
    this.#get(pathOf(target, 'statements'), contracts.statementsAnswer, selection(request));

  counters = (target: string, { metrics, keys, ...request }: CountersRequest) =>
    this.#get(pathOf(target, 'counters'), contracts.countersAnswer, {
      ...request,
      metric: metrics,
      key: keys,
    });

  events = (target: string, request: EventsRequest = {}) =>
    this.#get(pathOf(target, 'events'), contracts.eventsAnswer, { ...request });

  analysis = (target: string, request: WindowRequest = {}) =>
    this.#get(pathOf(target, 'analysis'), contracts.analysisAnswer, { ...request });

  clusters = () => this.#get('/api/clusters', contracts.clustersAnswer);
  cluster = (name: string) => this.#get(clusterPath(name), contracts.clusterAnswer);
  explain = (name: string) => this.#get(clusterPath(name, 'explain'), contracts.explanationAnswer);

  decisions = (name: string, request: DecisionsRequest = {}) =>
    this.#get(clusterPath(name, 'decisions'), contracts.decisionsAnswer, { ...request });

  capacity = (name: string, request: CapacityRequest = {}) =>
    this.#get(clusterPath(name, 'capacity'), contracts.capacityAnswer, { ...request });

  clusterUrl = (name: string, database?: string) =>
    this.#get(clusterPath(name, 'url'), contracts.urlAnswer, { database });

  logs = (name: string, lines?: number) =>
    this.#get(clusterPath(name, 'logs'), contracts.logsAnswer, { lines });

  createCluster = (request: CreateRequest) =>
    this.#change('POST', '/api/clusters', contracts.clusterAnswer, request);

  modifyCluster = (name: string, request: ModifyRequest) =>
    this.#change('PATCH', clusterPath(name), contracts.clusterAnswer, request);

  startCluster = (name: string) => this.#change('POST', clusterPath(name, 'start'), contracts.clusterAnswer);

  stopCluster = (name: string) => this.#change('POST', clusterPath(name, 'stop'), contracts.clusterAnswer);

  deleteCluster = (name: string) => this.#change('DELETE', clusterPath(name), contracts.deletedAnswer);

  hostTier = () => this.#get('/api/host/tiered-cache', contracts.hostTierAnswer);

  enableHostTier = (request: EnableTierRequest) =>
    this.#change('PUT', '/api/host/tiered-cache', contracts.hostTierAnswer, request);

  disableHostTier = () => this.#change('DELETE', '/api/host/tiered-cache', contracts.hostTierAnswer);

  /** Ticks, events, decisions and statuses as they happen, until the server stops or `signal` aborts. */
  async *live({ targets, groupBy, signal }: LiveRequest = {}): AsyncGenerator<LiveMessage> {
    const path = `/api/live${toQuery({ target: targets, group_by: groupBy })}`;
    const response = await this.#ask({ method: 'GET', path, ...(signal ? { signal } : {}) });
    if (!response.body) return;
    for await (const { event, data } of readServerSentEvents(response.body)) {
      if (!Object.hasOwn(contracts.liveMessages, event)) continue;
      const name = event as keyof typeof contracts.liveMessages;
      yield { event: name, data: contracts.liveMessages[name].parse(JSON.parse(data)) } as LiveMessage;
    }
  }

  async #get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    parameters: Parameters = {},
  ): Promise<z.output<Schema>> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    return await this.#read(
      await this.#ask({ method: 'GET', path: path + toQuery(parameters), signal }),
      schema,
    );
  }

  async #change<Schema extends z.ZodType>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    schema: Schema,
    body: object = {},
  ): Promise<z.output<Schema>> {
    const signal = AbortSignal.timeout(CHANGE_TIMEOUT_MS);
    return await this.#read(await this.#ask({ method, path, body: JSON.stringify(body), signal }), schema);
  }

  async #read<Schema extends z.ZodType>(response: Response, schema: Schema): Promise<z.output<Schema>> {
    const answer = schema.safeParse(await response.json().catch(() => null));
    if (answer.success) return answer.data;
    const message = `what answers at ${this.#transport.address} is not this version of Airglow`;
    throw new AirglowError('NO_ANSWER', message);
  }

  async #ask(asked: Omit<TransportRequest, 'headers'>): Promise<Response> {
    const type = asked.body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.#transport.send({ ...asked, headers: { ...this.#headers, ...type } });
    if (response.ok) return response;
    throw await errorOf(response, this.#transport.address);
  }
}

function clusterPath(name: string, resource?: string): string {
  return `/api/clusters/${encodeURIComponent(name)}${resource === undefined ? '' : `/${resource}`}`;
}

function pathOf(target: string, resource?: string): string {
  return `/api/targets/${encodeURIComponent(target)}${resource === undefined ? '' : `/${resource}`}`;
}

function selection({ from, to, activity, filter = {}, limit }: SelectionRequest): Parameters {
  const filters = Object.entries(filter).flatMap(([dimension, values]) =>
    values.map((value) => `${dimension}:${value}`),
  );
  return { from, to, activity, limit, filter: filters };
}

function toQuery(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    const values = typeof value === 'object' ? value : value === undefined ? [] : [String(value)];
    for (const one of values) query.append(name, one);
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

async function errorOf(response: Response, address: string): Promise<Error> {
  const body = contracts.errorAnswer.safeParse(await response.json().catch(() => null));
  if (!body.success)
    return new AirglowError('NO_ANSWER', `what answers at ${address} is not Airglow (${response.status})`);
  const { code, message } = body.data;
  if (Object.hasOwn(ERROR_CODES, code)) return new AirglowError(code as ErrorCode, message);
  const known = Object.hasOwn(contracts.TRANSPORT_ERRORS, code);
  return new contracts.TransportError(known ? (code as contracts.TransportErrorCode) : 'INTERNAL', message);
}
