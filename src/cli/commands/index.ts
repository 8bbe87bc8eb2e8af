import type { Command, CommandGroup } from '../command.ts';
import { cluster } from './cluster/index.ts';
import { dashboard } from './dashboard.ts';
import { demo } from './demo.ts';
import { host } from './host/index.ts';
import { load } from './load.ts';
import { plan } from './plan.ts';
import { report } from './report.ts';
import { service } from './service/index.ts';
import { top } from './top.ts';
import { up } from './up.ts';
import { watch } from './watch.ts';

/** In the order in which `--help` lists them. */
export const COMMANDS: readonly (Command | CommandGroup)[] = [
  load,
  top,
  watch,
  up,
  cluster,
  host,
  dashboard,
  report,
  plan,
  service,
  demo,
];
