import type { ColorDepth } from './paint.ts';

/**
 * How much colour to use, in the order in which people mean it: the flag, NO_COLOR, FORCE_COLOR, then what the
 * terminal can do. `terminalDepth` is what `tty.WriteStream.getColorDepth()` says, or null when it is no terminal.
 */
export function colorDepth(
  flag: boolean,
  env: Readonly<Record<string, string | undefined>>,
  terminalDepth: number | null,
): ColorDepth {
  if (!flag || (env['NO_COLOR'] ?? '') !== '') return 0;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forcedDepth(forced);
  if (terminalDepth === null || terminalDepth < 4) return 0;
  return terminalDepth >= 8 ? 8 : 4;
}

function forcedDepth(value: string): ColorDepth {
  if (value === '0' || value === 'false') return 0;
  return value === '2' || value === '3' ? 8 : 4;
}
