/** Figures and names as sentences show them. */

const MIB = 1024 ** 2;
const LONGEST_SQL = 90;

/** An AAS or another small figure: 0.25, 8.1, 34, 512. */
export function figure(value: number): string {
  if (value >= 99.5) return value.toFixed(0);
  return String(Number(value.toFixed(value >= 9.95 ? 1 : 2)));
}

export function percent(share: number): string {
  if (share >= 10) return 'over 1000 %';
  return `${Math.round(share * 100)} %`;
}

/** As in `12 times`; more digits than this would be false. */
export function times(ratio: number): string {
  if (!Number.isFinite(ratio) || ratio >= 1000) return 'over 1000 times';
  return `${Number(ratio.toPrecision(2))} times`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Number(ms.toPrecision(2))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return inTwo(seconds, 'min', 's');
  if (seconds < 2 * 86_400) return inTwo(Math.round(seconds / 60), 'h', 'min');
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d${hours % 24 === 0 ? '' : ` ${hours % 24} h`}`;
}

function inTwo(amount: number, large: string, small: string): string {
  const rest = amount % 60;
  return `${Math.floor(amount / 60)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}

export function bytes(size: number): string {
  if (size >= 1024 * MIB) return `${figure(size / 1024 / MIB)} GiB`;
  return size >= MIB ? `${figure(size / MIB)} MiB` : `${figure(size / 1024)} KiB`;
}

export function perSecond(rate: number): string {
  return `${figure(rate)} a second`;
}

/** `1 session`, `12 sessions` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const WAIT_NAMES: Readonly<Record<string, string>> = {
  CPU: 'CPU',
  'CPU:Running': 'CPU',
  'CPU:Waiting': 'waiting for CPU',
};

export function waitName(key: string): string {
  return WAIT_NAMES[key] ?? (key === '' ? 'an unknown wait' : key);
}

/** The text of a statement, cut; its id where the text is not known or not to be shown. */
export function sqlName(id: string, texts: ReadonlyMap<string, string>): string {
  if (id === '') return 'an unknown statement';
  const text = texts.get(id)?.replace(/\s+/g, ' ').trim() ?? '';
  if (text === '') return `statement ${id}`;
  return text.length <= LONGEST_SQL ? text : `${text.slice(0, LONGEST_SQL)}...`;
}
