import type { z } from 'zod';
import { AirglowError, ERROR_CODES } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import type { DimensionFilter, PeriodSeconds } from '../history/history.ts';
import type { Activity, Dimension } from '../load/model.ts';
import * as contracts from './contracts.ts';
import { readServerSentEvents } from './server-sent-events.ts';

export interface ApiClientOptions {
  /** `http://127.0.0.1:8642` */
  readonly url: string;
  readonly token?: string | null;
  readonly timeoutMs?: number;
}

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
  readonly limit?: number;
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

/**
 * Asks a running `airglow watch`. Answers are checked against the contract. Raises AirglowError with the code that
 * the server gave, NO_ANSWER when nothing (sensible) answers, and TransportError for the way there.
 */
export class ApiClient {
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  constructor({ url, token = null, timeoutMs = TIMEOUT_MS }: ApiClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#headers = token === null ? {} : { authorization: `Bearer ${token}` };
    this.#timeoutMs = timeoutMs;
  }

  health = () => this.#get('/api/health', contracts.healthAnswer);
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

  /** Ticks and events as they happen, until the server stops or `signal` aborts. */
  async *live({ targets, groupBy, signal }: LiveRequest = {}): AsyncGenerator<LiveMessage> {
    const response = await this.#fetch('/api/live', { target: targets, group_by: groupBy }, signal);
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
    const response = await this.#fetch(path, parameters, AbortSignal.timeout(this.#timeoutMs));
    const answer = schema.safeParse(await response.json().catch(() => null));
    if (answer.success) return answer.data;
    throw new AirglowError('NO_ANSWER', `what answers at ${this.#url} is not this version of Airglow`);
  }

  async #fetch(path: string, parameters: Parameters, signal: AbortSignal | undefined): Promise<Response> {
    const request = { headers: this.#headers, ...(signal ? { signal } : {}) };
    let response;
    try {
      response = await fetch(`${this.#url}${path}${toQuery(parameters)}`, request);
    } catch (error) {
      throw new AirglowError('NO_ANSWER', `nothing answers at ${this.#url}; is airglow watch running?`, {
        cause: error,
      });
    }
    if (response.ok) return response;
    throw await errorOf(response, this.#url);
  }
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

async function errorOf(response: Response, url: string): Promise<Error> {
  const body = contracts.errorAnswer.safeParse(await response.json().catch(() => null));
  if (!body.success)
    return new AirglowError('NO_ANSWER', `what answers at ${url} is not Airglow (${response.status})`);
  const { code, message } = body.data;
  if (Object.hasOwn(ERROR_CODES, code)) return new AirglowError(code as ErrorCode, message);
  const known = Object.hasOwn(contracts.TRANSPORT_ERRORS, code);
  return new contracts.TransportError(known ? (code as contracts.TransportErrorCode) : 'INTERNAL', message);
}
