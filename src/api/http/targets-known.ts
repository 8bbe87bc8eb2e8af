import { AirglowError } from '../../errors.ts';
import type { TargetSpan } from '../../history/history.ts';
import type { ApiParts, WatchedTarget } from './api-parts.ts';

export interface NamedTarget {
  readonly target: string;
  /** Null for a target that only the history knows. */
  readonly watched: WatchedTarget | null;
}

export interface KnownTarget extends NamedTarget {
  /** Null while nothing of it is recorded. */
  readonly span: TargetSpan | null;
}

/** Targets being watched, then those that only the history knows; each group by name. */
export async function knownTargets(parts: ApiParts): Promise<KnownTarget[]> {
  const spans = new Map((await parts.history.targets()).map((span) => [span.target, span]));
  const watched = parts.targets.map((entry) => {
    const { target } = entry.observer;
    return { target, watched: entry, span: spans.get(target) ?? null };
  });
  const names = new Set(watched.map(({ target }) => target));
  const recorded = [...spans.values()]
    .filter(({ target }) => !names.has(target))
    .map((span) => ({ target: span.target, watched: null, span }));
  return [...watched.sort(byName), ...recorded.sort(byName)];
}

/** Raises UNKNOWN_TARGET. */
export async function requireKnown(parts: ApiParts, name: string): Promise<KnownTarget> {
  const known = await knownTargets(parts);
  return known.find(({ target }) => target === name) ?? refuse(name, known);
}

/** The same without its span; the history is asked only about targets that are not watched. Raises UNKNOWN_TARGET. */
export async function requireTarget(parts: ApiParts, name: string): Promise<NamedTarget> {
  const watched = findWatched(parts, name);
  return watched ? { target: name, watched } : await requireKnown(parts, name);
}

/** For what only a target that is being watched can tell. Raises UNKNOWN_TARGET. */
export function requireWatched(parts: ApiParts, name: string): WatchedTarget {
  const watched = parts.targets.map((entry) => ({ target: entry.observer.target, watched: entry }));
  return findWatched(parts, name) ?? refuse(name, watched);
}

function findWatched(parts: ApiParts, name: string): WatchedTarget | undefined {
  return parts.targets.find(({ observer }) => observer.target === name);
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
