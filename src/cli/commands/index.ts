import type { Command } from '../command.ts';
import { demo } from './demo.ts';
import { load } from './load.ts';
import { top } from './top.ts';
import { watch } from './watch.ts';

/** In the order in which `--help` lists them. */
export const COMMANDS: readonly Command[] = [load, top, watch, demo];
