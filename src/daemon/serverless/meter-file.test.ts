import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { MeterMoment } from '../../capacity/meter.ts';
import type { JournalEntry } from '../../sentinel/protocol.ts';
import { MeterFile } from './meter-file.ts';

// Every test waits for the disk, which others may keep busy.
vi.setConfig({ testTimeout: 60_000 });

const HOUR_MS = 3_600_000;
const FOUR_ACU = { capacityAcu: 4, maxAcu: 16, running: true };
const STOPPED = { capacityAcu: 0, maxAcu: 16, running: false };

let folder: string;
let path: string;
let lines: string[];
let clock: { bootId: string; bootMs: number; wallMs: number };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airglow-meter-'));
  path = join(folder, 'meter.json');
  lines = [];
  clock = { bootId: 'boot', bootMs: 10_000, wallMs: Date.UTC(2026, 10, 22, 12) };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const now = (): MeterMoment => ({ ...clock });
const open = () => MeterFile.open(path, (line) => lines.push(line), now);

function pass(ms: number): void {
  clock.bootMs += ms;
  clock.wallMs += ms;
}

/** As the daemon tells it: once a second. */
async function runFor(meter: MeterFile, seconds: number, metered = FOUR_ACU): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    pass(1000);
    meter.advance(metered);
  }
  await meter.flush();
}

it('counts a database that lives on through the end of the daemon, to the millisecond', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 3);
  pass(700);
  // Killed here, and back half an hour later.
  pass(30 * 60_000);
  const again = await open();
  await again.resume(true);
  expect(again.reading()).toMatchObject({ acuMs: 4 * (3700 + 30 * 60_000), runningMs: 3700 + 30 * 60_000 });
  pass(1000);
  expect(again.reading().acuMs).toBe(4 * (4700 + 30 * 60_000));
  expect(lines).toEqual([]);
  await again.close();
});

it('counts the time that nobody watched as what was in force last', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  pass(200);
  meter.advance({ ...FOUR_ACU, capacityAcu: 8 });
  await meter.flush();
  pass(10_000);
  const again = await open();
  await again.resume(true);
  expect(again.reading().acuMs).toBe(4 * 200 + 8 * 10_000);
});

it('bills nothing while paused, and from the moment of the wake although it hears of that later', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  pass(1000);
  meter.advance({ ...FOUR_ACU, capacityAcu: 0 });
  pass(60_000);
  const woken = now();
  pass(25);
  meter.advance({ ...FOUR_ACU, capacityAcu: 2 }, woken);
  expect(meter.reading().acuMs).toBe(4 * 1000 + 2 * 25);
  pass(100);
  expect(meter.reading()).toMatchObject({ acuMs: 4 * 1000 + 2 * 125, runningMs: 61_125 });
  expect(meter.reading().fixedMaximumAcuMs).toBe(16 * 61_125);
  await meter.flush();
  pass(1000);
  const again = await open();
  await again.resume(true);
  expect(again.reading().acuMs).toBe(4 * 1000 + 2 * 1125);
});

it('hears of nothing that was before what it was told last', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  const early = now();
  pass(1000);
  meter.advance({ ...FOUR_ACU, capacityAcu: 0 });
  meter.advance({ ...FOUR_ACU, capacityAcu: 8 }, early);
  pass(100);
  expect(meter.reading()).toMatchObject({ acuMs: 4 * 1000 + 8 * 100, runningMs: 1100 });
  await meter.close();
});

it('bills the time without a daemon as the journal has it', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await meter.flush();
  const entry = (what: JournalEntry['what'], acu: number | null): JournalEntry => ({
    ...now(),
    id: 'one',
    what,
    acu,
    detail: '',
  });
  const journal: JournalEntry[] = [];
  pass(2000);
  journal.push(entry('lifted', 16));
  pass(500);
  journal.push(entry('paused', 0));
  pass(HOUR_MS);
  journal.push(entry('woken', 16));
  pass(3000);
  const again = await open();
  await again.resume(true, journal);
  expect(again.reading()).toMatchObject({
    acuMs: 4 * 2000 + 16 * 500 + 16 * 3000,
    runningMs: HOUR_MS + 5500,
    fixedMaximumAcuMs: 16 * (HOUR_MS + 5500),
  });
  again.advance({ ...FOUR_ACU, capacityAcu: 1 });
  await again.close();
  // What was billed is not billed again.
  pass(1000);
  const last = await open();
  await last.resume(true, journal);
  expect(last.reading().acuMs).toBe(4 * 2000 + 16 * 3500 + 1000);
  await last.close();
});

it('writes a change at once, and else once a second', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await meter.flush();
  const written = async () => (JSON.parse(await readFile(path, 'utf8')) as { acuMs: number }).acuMs;
  pass(500);
  meter.advance(FOUR_ACU);
  await meter.close();
  expect(await written()).toBe(2000);

  const again = await open();
  await again.resume(true);
  for (let look = 0; look < 9; look++) {
    pass(100);
    again.advance(FOUR_ACU);
  }
  // Nothing is under way that could still write.
  expect(await written()).toBe(2000);
  again.advance({ ...FOUR_ACU, capacityAcu: 5 });
  await expect.poll(written).toBe(4 * 1400);
  await again.close();
});

it('counts nothing, and leaves the file alone, before it is known what became of the database', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 2);
  pass(10_000);
  const early = await open();
  expect(early.reading().acuMs).toBe(8000);
  await early.flush();
  await early.close();
  const again = await open();
  await again.resume(true);
  expect(again.reading().acuMs).toBe(48_000);
});

it('does not count for a database that ended meanwhile, and says so once', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 2);
  pass(35_000);
  const again = await open();
  await again.resume(false);
  expect(again.reading().acuMs).toBe(8000);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/after 2026-11-22T12:00:02.000Z, 35.0 s at most, is not counted.*ended.*4 ACU/);
  await again.close();
  await (await open()).resume(false);
  expect(lines).toHaveLength(1);
});

it('does not count over a start of the host, and says so', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 2);
  clock = { bootId: 'another', bootMs: 900_000_000, wallMs: clock.wallMs + 60_000 };
  const again = await open();
  await again.resume(false);
  expect(again.reading().acuMs).toBe(8000);
  expect(lines.join()).toMatch(/not counted.*the host was started anew/);
});

it('has nothing to say of a database that was stopped', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 1);
  meter.advance(STOPPED);
  await meter.close();
  pass(HOUR_MS);
  const again = await open();
  await again.resume(false);
  again.advance(FOUR_ACU);
  pass(1000);
  expect(again.reading().acuMs).toBe(8000);
  expect(lines).toEqual([]);
});

it('keeps the hours in the other file, and the one that is written all the time small', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  for (let hour = 0; hour < 48; hour++) {
    pass(HOUR_MS);
    meter.advance(FOUR_ACU);
    await meter.flush();
  }
  await runFor(meter, 5);
  expect((await stat(path)).size).toBeLessThan(1000);
  const { hours, acuMs } = (await open()).reading();
  expect(hours).toHaveLength(49);
  expect(hours.reduce((sum, hour) => sum + hour.acuMs, 0)).toBe(acuMs);
  expect(acuMs).toBe(4 * (48 * HOUR_MS + 5000));
});

it.for([
  { what: 'cut off', damage: '{"format":1,"acuM' },
  { what: 'empty', damage: '' },
  { what: 'of another kind', damage: '[]' },
  { what: 'with a sum that is none', damage: '{"format":1,"acuMs":-5}' },
])('a file that is $what is kept aside, and the other one serves', async ({ damage }) => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 90);
  await writeFile(path, damage);
  const again = await open();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(`${path} is damaged and was set aside as ${path}.corrupt`);
  expect(lines[1]).toContain('meter.json.full');
  expect(await readFile(`${path}.corrupt`, 'utf8')).toBe(damage);
  // The database has run on: what the other file does not know is counted as it was in force.
  await again.resume(true);
  expect(again.reading().acuMs).toBe(4 * 90_000);
  await again.close();
  lines = [];
  expect((await open()).reading().acuMs).toBe(4 * 90_000);
  expect(lines).toEqual([]);
});

it('begins anew where both are damaged, and says it of both', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 2);
  for (const each of [path, `${path}.full`]) await writeFile(each, 'x');
  expect((await open()).reading().acuMs).toBe(0);
  expect(lines).toHaveLength(2);
  expect((await readdir(folder)).sort()).toEqual(['meter.json.corrupt', 'meter.json.full.corrupt']);
});

it('loses the older hours only, where the full file is damaged', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  pass(3 * HOUR_MS);
  await runFor(meter, 2);
  await writeFile(`${path}.full`, 'x');
  expect((await open()).reading().acuMs).toBe(4 * (3 * HOUR_MS + 2000));
});

it('takes what is newer of both after a power cut, which may be the file that is written less often', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await runFor(meter, 10);
  const early = await readFile(path, 'utf8');
  await runFor(meter, 90);
  await meter.close();
  await writeFile(path, early);
  const { acuMs, hours } = (await open()).reading();
  expect(acuMs).toBe(400_000);
  expect(hours).toEqual([{ hourMs: Date.UTC(2026, 10, 22, 12), acuMs: 400_000 }]);
  expect(lines).toEqual([]);
});

it('goes on in memory while it cannot be written, says so once, and catches up', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await meter.flush();
  await rm(folder, { recursive: true });
  await runFor(meter, 5);
  await runFor(meter, 5);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/cannot be written.*goes on in memory/);
  expect(meter.reading().acuMs).toBe(40_000);
  await mkdir(folder);
  await runFor(meter, 1);
  expect(lines[1]).toMatch(/on disk again/);
  expect((await open()).reading().acuMs).toBe(44_000);
});

it('is for its owner only', async () => {
  const meter = await open();
  meter.advance(FOUR_ACU);
  await meter.flush();
  for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

it('removes all of itself, and writes no more', async () => {
  const meter = await open();
  await writeFile(`${path}.corrupt`, '');
  meter.advance(FOUR_ACU);
  await meter.remove();
  pass(5000);
  meter.advance(STOPPED);
  await meter.close();
  expect(await readdir(folder)).toEqual([]);
});

it('refuses what it cannot read, and leaves it where it is', async () => {
  await mkdir(path);
  await expect(open()).rejects.toMatchObject({
    code: 'STATE_CORRUPT',
    message: expect.stringContaining(path) as string,
  });
  expect(await readdir(folder)).toEqual(['meter.json']);
});
