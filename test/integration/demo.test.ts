import { describe, expect, it } from 'vitest';
import { startDemo } from '../kit/demo.ts';
import { waitFor } from '../kit/wait-for.ts';

/** A status line: the database runs and is observed. */
const RUNNING = /^ {2}\S.+ capacity [\d.]+ ACU/m;

describe('airglow demo without a terminal', { timeout: 180_000 }, () => {
  it('tells phase, load and capacity, then what it came to, and leaves nothing behind', async () => {
    await using demo = await startDemo(['--seconds', '10']);
    const { out, err } = demo;
    expect({ code: await demo.exited, err: err() }).toEqual({ code: 0, err: '' });
    expect(out()).toMatch(/^Starting a serverless PostgreSQL, 0 to 8 ACU/);
    expect(out()).toMatch(/^ {2}\S.+ capacity [\d.]+ ACU.* · AAS \d+\.\d+ · CPU.+ · waits \d+\.\d+/m);
    expect(out()).toMatch(/^ {2}used +0\.\d+ ACU-h, USD 0\.\d+$/m);
    expect(out()).toMatch(/^ {2}a fixed [\d.]+ ACU +0\.\d+ ACU-h/m);
    expect(out()).toMatch(/^ {2}saved +\d+ %$/m);
    expect(out()).toMatch(/^ {2}asleep +not (played yet|here)/m);
    expect(out()).toMatch(/^ {2}changes +\d+: \d+ up, \d+ down/m);
    expect(out()).not.toMatch(/postgres(ql)?:\/\//);
    expect(await demo.leftovers()).toEqual([]);
  });

  it('prints the address of its dashboard, which shows it', async () => {
    await using demo = await startDemo([]);
    await demo.untilShown(RUNNING);
    const address =
      /^ {2}dashboard: (http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43})$/m.exec(demo.out())?.[1] ?? '';
    const { status, headers } = await fetch(address, {
      headers: { accept: 'text/html' },
      redirect: 'manual',
    });
    expect(status).toBe(303);
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    const ask = async (path: string) =>
      await (await fetch(new URL(path, address), { headers: { cookie } })).json();
    expect(await ask('/api/session')).toMatchObject({ isTrusted: true, hasClusters: true });
    expect(await ask('/api/clusters/demo')).toMatchObject({ name: 'demo', capacity: { max: 8 } });
    const recorded = async () =>
      ((await ask('/api/targets/demo/top?from=-5m')) as { meta: { coveredSeconds: number } }).meta
        .coveredSeconds;
    await waitFor(async () => (await recorded()) > 2, { what: 'its record', timeoutMs: 60_000, pollMs: 250 });
    expect(await ask('/api/targets/demo/statements')).toHaveProperty('statements');
    demo.child.kill('SIGINT');
    expect({ code: await demo.exited, err: demo.err() }).toEqual({ code: 0, err: '' });
    expect(await demo.leftovers()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says what it came to on %s, and leaves nothing behind',
    async (signal) => {
      await using demo = await startDemo([]);
      await demo.untilShown(RUNNING);
      const traces = await demo.traces();
      demo.child.kill(signal);
      expect({ code: await demo.exited, err: demo.err() }).toEqual({ code: 0, err: '' });
      expect(demo.out()).toMatch(/^ {2}used +0\.\d+ ACU-h/m);
      expect(await demo.leftovers()).toEqual([]);
      await demo.untilGone(traces);
    },
  );

  it('leaves nothing behind on kill -9', async () => {
    await using demo = await startDemo([]);
    await demo.untilShown(RUNNING);
    const traces = await demo.traces();
    demo.child.kill('SIGKILL');
    await demo.exited;
    await demo.untilGone(traces);
  });

  it('leaves nothing behind when it is killed before its database runs', async () => {
    await using demo = await startDemo([]);
    await demo.untilShown(/Making its data folder/);
    demo.child.kill('SIGKILL');
    await demo.exited;
    await demo.untilEmpty();
  });
});
