import type { ClusterDescription } from '../../daemon/fleet.ts';
import { AirglowError } from '../../errors.ts';
import type { TargetSpan } from '../../history/history.ts';
import type { ApiParts, WatchedTarget } from './api-parts.ts';

export interface NamedTarget {
  readonly target: string;
  /** Null for a target that is stopped, or that only the history knows. */
  readonly watched: WatchedTarget | null;
}

export interface KnownTarget extends NamedTarget {
  /** Null while nothing of it is recorded. */
  readonly span: TargetSpan | null;
}

/** Targets being watched, then those that are stopped or that only the history knows; each group by name. */
export async function knownTargets(parts: ApiParts): Promise<KnownTarget[]> {
  const spans = new Map((await parts.history.targets()).map((span) => [span.target, span]));
  const watched = parts.targets.list().map((entry) => {
    const { target } = entry.observer;
    return { target, watched: entry, span: spans.get(target) ?? null };
  });
  const names = new Set(watched.map(({ target }) => target));
  const ours = (parts.fleet?.list() ?? []).map(({ name }) => name);
  const others = [...new Set([...spans.keys(), ...ours])]
    .filter((target) => !names.has(target))
    .map((target) => ({ target, watched: null, span: spans.get(target) ?? null }));
  return [...watched.sort(byName), ...others.sort(byName)];
}

/** Raises UNKNOWN_TARGET. */
export async function requireKnown(parts: ApiParts, name: string): Promise<KnownTarget> {
  const known = await knownTargets(parts);
  return known.find(({ target }) => target === name) ?? refuse(name, known);
}

/** The same without its span; the history is asked only about targets that are not watched. Raises UNKNOWN_TARGET. */
export async function requireTarget(parts: ApiParts, name: string): Promise<NamedTarget> {
  const watched = findWatched(parts, name);
  if (!watched && findCluster(parts, name)) return { target: name, watched: null };
  return watched ? { target: name, watched } : await requireKnown(parts, name);
}

/** For what only a target that is being watched can tell. Raises UNKNOWN_TARGET, and WRONG_STATUS for one of ours. */
export function requireWatched(parts: ApiParts, name: string): WatchedTarget {
  const found = findWatched(parts, name);
  if (found) return found;
  const cluster = findCluster(parts, name);
  if (cluster) {
    throw new AirglowError('WRONG_STATUS', `${name} is ${cluster.status}, so there are no sessions to see`);
  }
  const watched = parts.targets.list().map((entry) => ({ target: entry.observer.target, watched: entry }));
  return refuse(name, watched);
}

function findWatched(parts: ApiParts, name: string): WatchedTarget | undefined {
  return parts.targets.list().find(({ observer }) => observer.target === name);
}

/** A database that this process runs, whether it is being watched or not. */
export function findCluster(parts: ApiParts, name: string): ClusterDescription | undefined {
  return parts.fleet?.list().find((cluster) => cluster.name === name);
}

function refuse(name: string, known: readonly NamedTarget[]): never {
  const shown = name.length > 80 ? `${name.slice(0, 80)}...` : name;
  const names = known.slice(0, 20).map(({ target }) => target);
  const hint = names.length === 0 ? 'there is none' : `known: ${names.join(', ')}`;
  throw new AirglowError('UNKNOWN_TARGET', `no target is called ${JSON.stringify(shown)}; ${hint}`);
}

function byName(a: NamedTarget, b: NamedTarget): number {
  return a.target < b.target ? -1 : 1;
}
