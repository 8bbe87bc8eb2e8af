import { describe, expect, it } from 'vitest';
import { TRANSPORT_ERRORS } from '../../src/api/api-error.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { documents, isTest, sources } from './sources.ts';

const own = Object.keys(ERROR_CODES);
const transport = Object.keys(TRANSPORT_ERRORS);
const pages = documents();

describe('docs/errors.md', () => {
  const text = pages.find(({ path }) => path === 'docs/errors.md')?.text ?? '';
  const rows = [...text.matchAll(/^\| `([A-Z_]+)`(?: \((\d+)\))? \|/gm)];
  const named = (isTransport: boolean): string[] =>
    rows.filter(([, , status]) => (status !== undefined) === isTransport).map(([, code]) => code ?? '');

  it('has one line for every code, and none for a code that does not exist', () => {
    expect(named(false).toSorted()).toEqual(own.toSorted());
  });

  it('has one line for every code of the way to the API, with its status', () => {
    expect(named(true).toSorted()).toEqual(transport.toSorted());
    const statuses = rows.flatMap(([, code, status]) =>
      status === undefined ? [] : [[code, Number(status)]],
    );
    expect(Object.fromEntries(statuses)).toEqual(TRANSPORT_ERRORS);
  });
});

describe('a code', () => {
  it('is in no page unless it exists', () => {
    // Names of variables and constants look alike; a page that gets a new one says so here.
    const others = /^(AIRGLOW_\w+|NO_COLOR|FORCE_COLOR|SCHEMA_VERSION|TRANSPORT_ERRORS)$/;
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)]
        .map(([, name]) => name ?? '')
        .filter((name) => !others.test(name) && ![...own, ...transport].includes(name))
        .map((name) => `${path} names ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('is raised somewhere, or it goes', () => {
    const code = sources('src')
      .filter((source) => !isTest(source) && source.path !== 'src/errors.ts')
      .map(({ text }) => text)
      .join('\n');
    // To compare with it is not to raise it.
    const isRaised = (name: string): boolean => new RegExp(`(?<![=!]== )'${name}'`).test(code);
    expect([...own, ...transport].filter((name) => !isRaised(name))).toEqual([]);
  });
});
