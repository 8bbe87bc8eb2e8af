/** Parsers of what Linux prints under /proc. Pure; see proc(5) for the fields. */

export interface ProcessStat {
  /** `R` running or runnable, `S` sleeping, `D` uninterruptible, `Z` zombie, `T` stopped... */
  readonly state: string;
  readonly parentPid: number;
  /** The kernel is tearing the process down. */
  readonly isExiting: boolean;
  /** CPU of children that died and were waited for, in clock ticks. */
  readonly childrenCpuTicks: number;
  /** Start, in clock ticks since boot. */
  readonly startTicks: number;
}

const PF_EXITING = 0x4;

/** Null where the text is not a whole stat line (a process that vanishes leaves it empty). */
export function parseProcessStat(text: string): ProcessStat | null {
  // The command is in parentheses and may itself hold blanks and parentheses.
  const end = text.lastIndexOf(')');
  if (end < 0) return null;
  const fields = text.slice(end + 2).split(' ');
  const number = (field: number): number => Number(fields[field - 3]);
  if (fields.length < 20) return null;
  return {
    state: fields[0] ?? '?',
    parentPid: number(4),
    isExiting: (number(9) & PF_EXITING) !== 0,
    childrenCpuTicks: number(16) + number(17),
    startTicks: number(22),
  };
}

/** The state letter alone, without splitting the line: the hot path of a tick. */
export function parseProcessState(buffer: Uint8Array, length: number): string {
  const CLOSING_PARENTHESIS = 0x29;
  for (let i = length - 1; i >= 0; i--) {
    if (buffer[i] === CLOSING_PARENTHESIS) return String.fromCharCode(buffer[i + 2] ?? 0x3f);
  }
  return '?';
}

/** From the text of /proc/PID/stat: faults that had to wait for a device (field 12). */
export function parseMajorFaults(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ', 10)[9] ?? 0);
}

export interface Schedstat {
  /** Time on a processor since the start, nanoseconds. */
  readonly runNs: number;
  /** Time runnable but waiting for a processor, nanoseconds; grows only when the task runs again. */
  readonly waitNs: number;
}

/** `run wait slices` from the raw bytes; doubles hold nanoseconds exactly for 104 days of CPU time. */
export function parseSchedstat(buffer: Uint8Array, length: number): Schedstat | null {
  let position = 0;
  const next = (): number => {
    let value = 0;
    let digits = 0;
    for (; position < length; position++) {
      const digit = (buffer[position] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      digits++;
    }
    position++;
    return digits > 0 ? value : Number.NaN;
  };
  const runNs = next();
  const waitNs = next();
  return Number.isNaN(runNs + waitNs) ? null : { runNs, waitNs };
}

/** What the sockets of one server say about connections that no session row shows. */
export interface ConnectionCensus {
  /** Established, but the server has not accepted them yet. */
  readonly pending: number;
  /** The client has closed and the server has not: its process is on the way out. */
  readonly closing: number;
}

const UNIX_CONNECTING = '02';
const UNIX_CONNECTED = '03';
/** Two references of its own and one of its peer's; the peer drops its reference when it closes. */
const UNIX_REFERENCES_WITHOUT_PEER = 2;

/** Counts the sockets that carry a listening socket's path in /proc/net/unix. */
export function parseUnixCensus(text: string, path: string): ConnectionCensus {
  let pending = 0;
  let closing = 0;
  for (const line of text.split('\n')) {
    if (!line.endsWith(` ${path}`)) continue;
    const fields = line.split(/\s+/);
    const hasPeer = Number.parseInt(fields[1] ?? '0', 16) > UNIX_REFERENCES_WITHOUT_PEER;
    if (fields[5] === UNIX_CONNECTING && hasPeer) pending++;
    else if (fields[5] === UNIX_CONNECTED && !hasPeer) closing++;
  }
  return { pending, closing };
}
