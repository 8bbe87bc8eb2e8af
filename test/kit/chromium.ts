import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser, LaunchOptions } from 'playwright-core';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'browser.mjs');

export type ChromiumFound =
  | { readonly path: string; readonly reason: null }
  | { readonly path: null; readonly reason: string };

/** Where there is a Chromium, after an attempt to set one up; else why there is none. */
export async function findChromium(): Promise<ChromiumFound> {
  try {
    const { stdout } = await run(process.execPath, [SCRIPT]);
    return { path: stdout.trim(), reason: null };
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    return { path: null, reason: stderr?.trim().split('\n').at(-1) ?? String(error) };
  }
}

export function chromiumOptions(path: string): LaunchOptions {
  // Root cannot have the sandbox; whoever can, has it.
  const isRoot = process.getuid?.() === 0;
  return {
    executablePath: path,
    chromiumSandbox: !isRoot,
    // The shared memory of containers is small.
    args: ['--disable-dev-shm-usage'],
  };
}

/** It ends with `close()`, and with this process. */
export async function launchChromium(path: string): Promise<Browser> {
  return await chromium.launch(chromiumOptions(path));
}
