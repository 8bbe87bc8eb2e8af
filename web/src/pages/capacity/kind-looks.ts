import type { RowKind } from './capacity-rows.ts';

/** A mark and a word for each kind of row, so that colour is never needed to tell them apart. */
export const KIND_LOOKS: Readonly<
  Record<RowKind, { readonly mark: string; readonly one: string; readonly many: string }>
> = {
  up: { mark: '▲', one: 'up', many: 'Ups' },
  down: { mark: '▼', one: 'down', many: 'Downs' },
  held: { mark: '■', one: 'held', many: 'Held back' },
  pause: { mark: '☾', one: 'pause', many: 'Pauses' },
};
