import { describe, expect, it } from 'vitest';
import { SettingsWriter } from './settings-writer.ts';
import type { SettingsPath } from './settings-writer.ts';

/** Keeps what happens, and holds a confirmation until it is let go or nobody waits for it any more. */
function path(): SettingsPath & { events: string[]; letGo: () => void; fail: boolean } {
  const events: string[] = [];
  const found = {
    events,
    fail: false,
    letGo: () => {},
    write: async (acu: number) => {
      if (found.fail) throw new Error('the disk is full');
      events.push(`write ${acu}`);
    },
    reload: () => {
      events.push('reload');
    },
    confirm: (acu: number, given: AbortSignal) =>
      new Promise<void>((resolve) => {
        found.letGo = () => {
          events.push(`confirmed ${acu}`);
          resolve();
        };
        given.addEventListener('abort', () => resolve());
      }),
  };
  return found;
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function writer(over: SettingsPath, failures: unknown[] = []): SettingsWriter {
  return new SettingsWriter(over, 1, (error) => failures.push(error));
}

describe('settings', () => {
  it('are written once for a step, however often it is asked for', async () => {
    const over = path();
    const settings = writer(over);
    for (const acu of [4, 5, 6.5, 7]) settings.want(acu);
    await turns();
    over.letGo();
    await turns();
    settings.want(4.5);
    await turns();
    expect(over.events).toEqual(['write 4', 'reload', 'confirmed 4']);
    expect(settings.stepAcu).toBe(4);
  });

  it('go to the newest step at once, past those between', async () => {
    const over = path();
    const settings = writer(over);
    settings.want(2);
    await turns();
    settings.want(4);
    settings.want(16);
    expect(settings.highestAcu).toBe(2);
    await turns();
    expect(settings.highestAcu).toBe(16);
    over.letGo();
    await turns();
    expect(over.events).toEqual(['write 2', 'reload', 'write 16', 'reload', 'confirmed 16']);
  });

  it('that could not be written are tried again the next time', async () => {
    const over = path();
    const failures: unknown[] = [];
    const settings = writer(over, failures);
    over.fail = true;
    settings.want(4);
    await turns();
    expect(failures).toHaveLength(1);
    expect(settings.stepAcu).toBe(1);
    await expect(settings.set(4)).rejects.toThrow('the disk is full');
    over.fail = false;
    settings.want(4);
    await turns();
    over.letGo();
    await turns();
    expect(settings.stepAcu).toBe(4);
  });

  it('are waited for by whoever sets them, and by nobody after the end', async () => {
    const over = path();
    const settings = writer(over);
    let isDone = false;
    const setting = (async () => {
      await settings.set(8);
      isDone = true;
    })();
    await turns();
    expect(isDone).toBe(false);
    await settings.close();
    await setting;
    settings.want(2);
    await turns();
    expect(over.events).toEqual(['write 8', 'reload']);
  });
});
