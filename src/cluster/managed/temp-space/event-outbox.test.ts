import { expect, it } from 'vitest';
import { EventOutbox } from './event-outbox.ts';
import type { TempSpaceEvent } from './model.ts';

const event: TempSpaceEvent = { kind: 'temp-space-lost', severity: 'warning', message: 'gone', data: {} };

it('keeps what nobody heard for who comes first', () => {
  const outbox = new EventOutbox();
  outbox.send(event);
  const [first, second]: [TempSpaceEvent[], TempSpaceEvent[]] = [[], []];
  const leave = outbox.subscribe((one) => void first.push(one));
  outbox.subscribe((one) => void second.push(one));
  outbox.send(event);
  leave();
  outbox.send(event);
  expect([first.length, second.length]).toEqual([2, 2]);
});

it('says the same only once in ten minutes, where asked to', () => {
  const outbox = new EventOutbox();
  const heard: TempSpaceEvent[] = [];
  outbox.subscribe((one) => void heard.push(one));
  outbox.sendOnce(event, 0);
  outbox.sendOnce(event, 599_000);
  outbox.sendOnce({ ...event, message: 'another' }, 599_000);
  outbox.sendOnce(event, 601_000);
  expect(heard.map(({ message }) => message)).toEqual(['gone', 'another', 'gone']);
});
