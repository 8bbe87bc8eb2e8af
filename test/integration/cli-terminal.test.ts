import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningPostgres } from '../../src/cluster/server.ts';
import { startLoad, type RunningLoad } from '../kit/load.ts';
import { startTestPostgres } from '../kit/postgres.ts';
import { PROGRAM } from '../kit/airglow-cli.ts';
import { waitFor } from '../kit/wait-for.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
/** A tmux server of its own for every test: one that is just ending would take the next one down. */
let socket = '';
let sessions = 0;

let server: RunningPostgres | undefined;
let load: RunningLoad | undefined;

const tmux = async (...args: readonly string[]): Promise<string> => {
  // The server's environment comes from its first client; as an argument the URL would show in the process list.
  const env = { ...process.env, AIRGLOW_URL: server?.url ?? '' };
  return (await run('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env })).stdout;
};
const typeKeys = (...keys: readonly string[]): Promise<string> => tmux('send-keys', '-t', 'main', ...keys);
const picture = (): Promise<string> => tmux('capture-pane', '-p', '-t', 'main');
const fact = async (format: string): Promise<string> =>
  (await tmux('display', '-p', '-t', 'main', format)).trim();

async function untilShown(text: string | RegExp, timeoutMs = 30_000): Promise<string> {
  return waitFor(
    async () => {
      const shown = await picture();
      return (typeof text === 'string' ? shown.includes(text) : text.test(shown)) ? shown : null;
    },
    { what: `${String(text)} on the terminal`, timeoutMs },
  );
}

const missing = await run('tmux', ['-V']).then(
  () => null,
  () => 'tmux is not installed',
);

beforeAll(async () => {
  if (missing !== null) return;
  server = await startTestPostgres();
  load = await startLoad(server.url, { clients: 3, work: (client) => client.query('select pg_sleep(0.5)') });
});

afterAll(async () => {
  await load?.stop('abort');
  await server?.stop('immediate');
});

beforeEach(async (context) => {
  if (missing !== null) context.skip(missing);
  sessions += 1;
  socket = `airglow-test-${process.pid}-${sessions}`;
  await tmux('new-session', '-d', '-s', 'main', '-x', '80', '-y', '24', 'bash --norc');
  await typeKeys(`cd ${ROOT}; PS1='ready> '; clear; saved=$(stty -g)`, 'Enter');
  await untilShown(/^ready>$/m);
});

afterEach(async () => {
  if (missing === null) await tmux('kill-server').catch(() => '');
});

async function startTop(): Promise<void> {
  await typeKeys(`node ${PROGRAM} top`, 'Enter');
  await untilShown('Timeout:PgSleep');
}

const CLEAN = 'its own screen: yes, cursor: shown, lines wrap: yes, settings: as before';

/** How the terminal is once the shell has it back. */
async function leftBehind(): Promise<string> {
  await untilShown(/^ready>$/m);
  await typeKeys('clear; test "$saved" = "$(stty -g)" && echo as before || echo changed', 'Enter');
  const shown = await untilShown(/^(as before|changed)$/m);
  const [alternate, cursor, wrap] = (await fact('#{alternate_on} #{cursor_flag} #{wrap_flag}')).split(' ');
  return [
    `its own screen: ${alternate === '0' && !shown.includes('top SQL') ? 'yes' : 'no'}`,
    `cursor: ${cursor === '1' ? 'shown' : 'hidden'}`,
    `lines wrap: ${wrap === '1' ? 'yes' : 'no'}`,
    `settings: ${/^as before$/m.test(shown) ? 'as before' : 'changed'}`,
  ].join(', ');
}

describe('airglow top in a terminal', () => {
  it('shows the load in 80x24, answers keys, and leaves the terminal clean', async () => {
    await startTop();
    const shown = await untilShown(/> +\d+\.\d+ .*pg_sleep/);
    expect(shown).toMatch(/^ airglow {2}\S+\/postgres.*● live/);
    expect(shown).toMatch(/AAS +\d+\.\d+ now/);
    expect(shown).toContain('top SQL');
    expect(await fact('#{alternate_on} #{cursor_flag}')).toBe('1 0');
    await typeKeys('3');
    await untilShown('top users');
    await typeKeys('s');
    await untilShown(/pid +doing/);
    await typeKeys('b');
    await untilShown('no session waits for a lock');
    await typeKeys('?');
    await untilShown('longer and shorter window');
    await typeKeys('q');
    expect(await leftBehind()).toBe(CLEAN);
  });

  it('follows the size of the terminal', async () => {
    await startTop();
    await tmux('resize-window', '-t', 'main', '-x', '120', '-y', '40');
    const wide = await untilShown('q quit');
    await waitFor(async () => (await picture()).includes('p pause'), { what: 'the wide footer' });
    expect(wide.split('\n').length).toBeGreaterThan(24);
    await typeKeys('q');
    expect(await leftBehind()).toBe(CLEAN);
  });

  it('gives the terminal back when it is stopped and goes on when it continues', async () => {
    await startTop();
    await typeKeys('C-z');
    await untilShown('Stopped');
    expect(await fact('#{alternate_on} #{cursor_flag}')).toBe('0 1');
    await typeKeys('fg', 'Enter');
    await untilShown('top SQL');
    await typeKeys('C-c');
    expect(await leftBehind()).toBe(CLEAN);
  });

  it.each(['TERM', 'INT', 'HUP'])('gives the terminal back on SIG%s', async (signal) => {
    await startTop();
    const shell = await fact('#{pane_pid}');
    const { stdout: child } = await run('ps', ['-o', 'pid=', '--ppid', shell]);
    process.kill(Number(child.trim()), `SIG${signal}`);
    expect(await leftBehind()).toBe(CLEAN);
  });

  it('says that the database went away, and shows load again once it is back', async () => {
    await startTop();
    await server?.stop('immediate', { keepData: true });
    const down = await untilShown(/next attempt in \d+ s/);
    expect(down).toMatch(/[A-Z]+_[A-Z]+: /);
    await server?.start();
    await untilShown('● live');
    await typeKeys('q');
    expect(await leftBehind()).toBe(CLEAN);
  });
});

describe('airglow demo in a terminal', { timeout: 180_000 }, () => {
  const SLOW = 120_000;

  it('shows load and capacity on one time axis with the reasons, answers keys, and says what it came to', async () => {
    await tmux('resize-window', '-t', 'main', '-x', '100', '-y', '30');
    await typeKeys(`node ${PROGRAM} demo`, 'Enter');
    await untilShown(/Starting a serverless PostgreSQL/, SLOW);
    const shown = await untilShown(/capacity [\d.]+ ACU \(0(?:\.5)?–[\d.]+.*\) · demand CPU/, SLOW);
    expect(shown).toMatch(/^ airglow {2}demo on 127\.0\.0\.1:\d+ .*● live/);
    expect(shown).toMatch(/used 0\.\d+ ACU-h.* · (not )?enforced/);
    expect(shown).toMatch(/^ dashboard {2}http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/m);
    expect(shown).toMatch(/capacity, ACU {2}[■█] in demand {2}[■▒] held ready/);
    await untilShown(/capacity changes +\d+ changes?/);
    await untilShown(/^ +now +[\d.]+ ACU +\S/m);
    await typeKeys('1');
    await untilShown('top SQL');
    await typeKeys('d');
    await untilShown('capacity changes');
    await typeKeys('q');
    const end = await untilShown(/Stopping PostgreSQL and removing its folder/, SLOW);
    expect(end).toMatch(/^ {2}used +0\.\d+ ACU-h, USD 0\.\d+$/m);
    expect(end).toMatch(/^ {2}lock pile-up +not played yet$/m);
    await untilShown(/^ready>$/m, SLOW);
    expect(await leftBehind()).toBe(CLEAN);
  });

  it('gives the terminal back when Ctrl-C ends it', async () => {
    await typeKeys(`node ${PROGRAM} demo`, 'Enter');
    await untilShown(/capacity changes/, SLOW);
    await typeKeys('C-c');
    await untilShown(/^ready>$/m, SLOW);
    expect(await leftBehind()).toBe(CLEAN);
  });
});
