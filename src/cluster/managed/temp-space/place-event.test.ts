import { expect, it } from 'vitest';
import { placeEvent } from './place-event.ts';
import type { PlaceVerdict } from './temp-rules.ts';

const LOCAL: PlaceVerdict = { place: 'local', cause: null, reason: null };

function because(cause: 'lost' | 'failing' | 'full'): PlaceVerdict {
  return { place: 'data', cause, reason: 'it is so.' };
}

it.each([
  [LOCAL, because('lost'), 'temp-space-lost'],
  [LOCAL, because('failing'), 'temp-space-lost'],
  [LOCAL, because('full'), 'temp-space-full'],
  [because('full'), because('lost'), 'temp-space-lost'],
  [because('full'), LOCAL, 'temp-space-back'],
  // One disk that goes is one event, however it was seen first.
  [because('failing'), because('lost'), null],
  [because('lost'), because('failing'), null],
  [LOCAL, LOCAL, null],
  [because('lost'), { place: 'data', cause: null, reason: 'not yet' } as const, null],
])('%o, then %o', (before, now, kind) => {
  expect(placeEvent(before, now, '/mnt')?.kind ?? null).toBe(kind);
});

it('says where, and why', () => {
  expect(placeEvent(LOCAL, because('lost'), '/mnt')).toMatchObject({
    severity: 'warning',
    message: 'New temporary objects go to where the data is. It is so.',
    data: { path: '/mnt' },
  });
});
