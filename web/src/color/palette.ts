/**
 * Colours of the layers of load. Families follow the type of wait, and neighbours in a stack differ in lightness as well
 * as in hue, so that they can be told apart by those who see fewer hues (palette.test.ts holds that).
 */
export type Rgb = string;

export const CPU_RUNNING_COLOR: Rgb = '#009e73';
export const CPU_WAITING_COLOR: Rgb = '#b8d84a';
/** Beside the blues of storage: it is I/O, and of another place. */
export const TIER_READ_COLOR: Rgb = '#8c7bff';
export const OTHER_COLOR: Rgb = '#8a9099';
export const IDLE_IN_TRANSACTION_COLOR: Rgb = '#7d6b9a';

/** Shades of a type of wait; the first is that of its best known event. */
export const FAMILIES: Readonly<Record<string, readonly Rgb[]>> = {
  CPU: [CPU_RUNNING_COLOR],
  IO: ['#0072b2', '#56b4e9', '#00496f', '#9fd4f2'],
  LWLock: ['#e69f00', '#f3c567', '#a87400', '#f9dfa6'],
  Lock: ['#c8371b', '#f08a6c', '#7f1d0a', '#f7bda9'],
  BufferPin: ['#0f8b8d', '#7fd1cf'],
  IPC: ['#9467bd', '#c9b0e0', '#5e3a85'],
  Client: ['#6b7280', '#b6bcc6'],
  Timeout: ['#8c564b', '#c9a49b'],
  Extension: ['#d6c22b', '#8f8112'],
  InjectionPoint: ['#c06fb0'],
  Other: ['#5c6470'],
};

/** For dimensions whose values have no colours of their own; the first eight are told apart best. */
export const QUALITATIVE: readonly Rgb[] = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#c8371b',
  '#56b4e9',
  '#9467bd',
  '#b8d84a',
  '#8c564b',
  '#c06fb0',
  '#00496f',
  '#f3c567',
  '#0f8b8d',
];
