import { describe, expect, it } from 'vitest';
import { INITIAL_VIEW, press, windowOf, WINDOWS_MS, type View } from './view.ts';

const SHOWN = { rowKeys: ['a', 'b', 'c'], windowMs: 300_000 };
const pressAll = (keys: readonly string[], view: View = INITIAL_VIEW): View =>
  keys.reduce(
    (current, key) => press(current, key, { ...SHOWN, windowMs: current.windowMs ?? SHOWN.windowMs }),
    view,
  );

describe('keys of airglow top', () => {
  it('slices by another dimension', () => {
    expect(pressAll(['3']).dimension).toBe('db.user');
    expect(pressAll(['s', '2'])).toMatchObject({ dimension: 'db.wait_event', panel: 'top' });
  });

  it('opens a panel and closes it with the same key', () => {
    expect(pressAll(['s']).panel).toBe('sessions');
    expect(pressAll(['s', 'b']).panel).toBe('blockers');
    expect(pressAll(['b', 'b']).panel).toBe('top');
  });

  it('lets the window grow with what is recorded until one is chosen', () => {
    expect([0, 61_000, 200_000, 9_000_000].map((ms) => windowOf(INITIAL_VIEW, ms))).toEqual([
      60_000, 120_000, 300_000, 300_000,
    ]);
    const chosen = press(INITIAL_VIEW, '+', { ...SHOWN, windowMs: 60_000 });
    expect(windowOf(chosen, 9_000_000)).toBe(120_000);
  });

  it('stays within the windows', () => {
    expect(pressAll(Array.from({ length: 9 }, () => '+')).windowMs).toBe(WINDOWS_MS.at(-1));
    expect(pressAll(Array.from({ length: 9 }, () => '-')).windowMs).toBe(WINDOWS_MS[0]);
  });

  it('walks within the rows', () => {
    expect(pressAll(['down', 'down', 'down', 'down']).selected).toBe(2);
    expect(pressAll(['up']).selected).toBe(0);
    expect(press(INITIAL_VIEW, 'down', { ...SHOWN, rowKeys: [] }).selected).toBe(0);
  });

  it('filters by the chosen row and comes back', () => {
    const inside = pressAll(['down', 'enter']);
    expect(inside.filters).toEqual([{ dimension: 'db.sql_tokenized', key: 'b' }]);
    expect(inside.dimension).toBe('db.wait_event');
    expect(pressAll(['escape'], inside).filters).toEqual([]);
  });

  it('filters at most once by each dimension', () => {
    const view = pressAll(['3', 'enter', '3', 'down', 'enter']);
    expect(view.filters).toEqual([{ dimension: 'db.user', key: 'b' }]);
  });

  it('changes nothing for other keys', () => {
    expect(press(INITIAL_VIEW, 'x', SHOWN)).toBe(INITIAL_VIEW);
  });
});
