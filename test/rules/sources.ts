import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

export interface Source {
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file below some folders. */
export function sources(...folders: string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({
        path: relative(root, path).replaceAll('\\', '/'),
        text: readFileSync(path, 'utf8'),
      })),
  );
}

/** The pages in the root of the repository and below docs/. */
export function documents(): Source[] {
  const inRoot = readdirSync(root);
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [...inRoot, ...below.map((name) => join('docs', name))]
    .filter((path) => path.endsWith('.md'))
    .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }));
}

export function isTest({ path }: Source): boolean {
  return /\.(test|conformance|property)\.ts$/.test(path) || path.includes('conformance');
}

/**
 * What a file imports: `node:x`, a library's name, or a path from the root of the repository. `values` leaves out what
 * only lends its types.
 */
export function importsOf({ path, text }: Source, what: 'everything' | 'values' = 'everything'): string[] {
  const specifiers = [...text.matchAll(/^(?:import|export)\s(?<what>[^;]*?)from\s+'(?<from>[^']+)'/gms)]
    .filter(({ groups }) => what === 'everything' || !/^type\s/.test(groups?.['what'] ?? ''))
    .map(({ groups }) => groups?.['from'] ?? '');
  return specifiers.map((specifier) =>
    specifier.startsWith('.')
      ? relative(root, resolve(root, path, '..', specifier)).replaceAll('\\', '/')
      : specifier,
  );
}
