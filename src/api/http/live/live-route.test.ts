import { expect, test } from 'vitest';
import { scriptedApi } from '../../../../test/kit/scripted-api.ts';

test('places for live clients are few, and given back', async () => {
  const { api, targets, closing } = scriptedApi({ limits: { liveClients: 2 } });
  const streams = [
    await api.request('/api/live'),
    await api.request('/api/live?target=db1&group_by=db.user'),
  ];
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  expect(streams[0]?.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const third = await api.request('/api/live');
  expect(third.status).toBe(503);
  expect(await third.json()).toMatchObject({ code: 'BUSY' });
  expect(await (await api.request('/api/health')).json()).toMatchObject({ liveClients: 2 });

  const listeners = targets.listenerCount;
  await streams[0]?.body?.cancel();
  expect(targets.listenerCount).toBe(listeners - 1);
  expect((await api.request('/api/live')).status).toBe(200);
  closing.abort();
  expect(await (await api.request('/api/health')).json()).toMatchObject({ liveClients: 0 });
});

test('a HEAD request takes no place', async () => {
  const { api, targets } = scriptedApi({ limits: { liveClients: 1 } });
  const listeners = targets.listenerCount;
  for (let count = 0; count < 3; count++) {
    expect((await api.request('/api/live', { method: 'HEAD' })).status).toBe(200);
  }
  expect(targets.listenerCount).toBe(listeners);
});
