// `npm run screenshots`: plays the demo and takes the pictures of the README, docs/images/*.png, as they come by.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser.mjs';
import { ensureBuilt, ensureInstalled, root } from './set-up.mjs';

const IMAGES = join(root, 'docs', 'images');
const WIDTH_PX = 1280;
const LONGEST_MS = 240_000;
/** A picture too large makes the repository so for ever. */
const MOST_BYTES = 165_000;

ensureInstalled();
ensureBuilt();
const path = findBrowser();
if (path === null) throw new Error('there is no Chromium; node scripts/browser.mjs sets one up');
mkdirSync(IMAGES, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'airglow-shots-'));
// The database runs as another user where this is root's.
chmodSync(folder, 0o755);
const demo = startDemo();
const browser = await chromium.launch({
  executablePath: path,
  chromiumSandbox: process.getuid?.() !== 0,
  args: ['--disable-dev-shm-usage'],
});
try {
  const address = await until(() => /dashboard: (http\S+)/.exec(demo.said())?.[1], 'the dashboard');
  const page = await browser.newPage({ viewport: { width: WIDTH_PX, height: 800 }, colorScheme: 'light' });
  // Signs in; the first page of all databases is that of this one.
  await page.goto(address);
  const url = new URL(address).origin;
  const go = async (to, shown) => {
    await page.goto(`${url}/db/demo/${to}`);
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
    await shown.first().waitFor({ timeout: LONGEST_MS });
  };

  const begunMs = await phase('Quiet');
  const rampMs = await phase('Ramp');
  await phase('Ebb');
  await sleep(8000);
  // What came last is recorded a few seconds later.
  await go(`load?from=${rampMs}&to=${Date.now() - 3000}`, page.getByText('CPU:Waiting'));
  await shoot(page, 'load');

  const pileMs = await phase('Lock pile-up');
  // The pile has to grow.
  await sleep(11_000);
  await go('now', page.getByText('Root blocker'));
  await sleep(1500);
  await shoot(page, 'now', 580);
  await go(`load?from=${pileMs - 15_000}&to=${Date.now() - 1000}`, page.getByText('Who blocks?'));
  await page.getByRole('button', { name: 'Who blocks?' }).click();
  await page.getByRole('region', { name: 'Top Blockers' }).getByRole('row').nth(1).waitFor();
  await shoot(page, 'locks');

  await phase('Morning');
  await sleep(6000);
  await go(`capacity?from=${begunMs}&to=${Date.now() - 1000}`, page.getByText('woken by'));
  await shoot(page, 'capacity', 790);
  await go(`analysis?from=${begunMs}&to=${Date.now()}`, page.getByText(/waited for/));
  await shoot(page, 'analysis', 720);
} finally {
  await browser.close();
  await demo.end();
  rmSync(folder, { recursive: true, force: true });
}

/** As `npm start` does it, in a folder of its own. */
function startDemo() {
  const program = join(root, 'dist', 'cli', 'main.js');
  const child = spawn(process.execPath, [program, 'demo'], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (bytes) => (text += bytes));
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return {
    said: () => {
      if (child.exitCode !== null) throw new Error(`the demo has ended: ${text}`);
      return text;
    },
    end: async () => {
      child.kill('SIGINT');
      await exited;
    },
  };
}

/** Resolves when the story comes to it the next time, with the time of day. */
async function phase(name) {
  const before = count(name);
  await until(() => count(name) > before, `the phase ${name}`);
  console.log(`${name} ...`);
  return Date.now();
}

function count(name) {
  return demo
    .said()
    .split('\n')
    .filter((line) => line.includes(`${name}:`)).length;
}

async function shoot(page, name, height = 800) {
  const file = join(IMAGES, `${name}.png`);
  await page.setViewportSize({ width: WIDTH_PX, height });
  await page.mouse.move(0, 0);
  // Answers and drawings that are under way.
  await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {});
  await sleep(1000);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  console.log(`  ${file}: ${Math.round(size / 1000)} kB`);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}`);
}

async function until(answer, what) {
  const deadline = Date.now() + LONGEST_MS;
  for (;;) {
    const found = answer();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(100);
  }
}
