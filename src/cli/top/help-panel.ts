import { DIMENSION_NAMES } from '../dimensions.ts';
import { span, type Line } from '../terminal/paint.ts';
import { DIMENSION_KEYS } from './view.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['c', 'colour the chart by wait event, or by what the table shows'],
  ['↑ ↓ Enter', 'choose a row and look only at its load; Esc goes back'],
  ['s', 'sessions'],
  ['b', 'blockers: who holds up whom'],
  ['+ -', 'longer and shorter window'],
  ['p', 'pause and resume the picture (measuring goes on)'],
  ['q', 'quit'],
];

const WORDS: readonly string[] = [
  'AAS, average active sessions: how many sessions were working or waiting for',
  'the database at a moment. Load above the dashed line needs more processors',
  'than there are, if it is CPU; other waits have other cures.',
  'A column of dots with ╳ below is a gap: nothing is known, which is not zero.',
];

const DECISIONS_KEY = ['d', 'decisions: why capacity is what it is, and its last changes'] as const;

const MANAGED_WORDS: readonly string[] = [
  'AAS, average active sessions: how many sessions were working or waiting for',
  'the database at a moment. ACU: 2 GiB of memory, a quarter of a processor.',
  'Capacity follows what CPU, memory, network and connections ask for. A wait',
  'for a lock asks for nothing: more capacity would not end it.',
];

export function renderHelp(isManaged: boolean): readonly Line[] {
  const slices = [...DIMENSION_KEYS].map(([key, dimension]) => `${key} ${DIMENSION_NAMES[dimension].title}`);
  return [
    [span(' keys', { bold: true })],
    [span(`   1..9       the table shows  ${slices.slice(0, 4).join(', ')},`)],
    [span(`                               ${slices.slice(4, 7).join(', ')},`)],
    [span(`                               ${slices.slice(7).join(', ')}`)],
    ...(isManaged ? [DECISIONS_KEY, ...KEYS] : KEYS).map(([key, text]): Line => [
      span(`   ${key.padEnd(11)}`, { bold: true }),
      span(text),
    ]),
    [],
    [span(' words', { bold: true })],
    ...(isManaged ? MANAGED_WORDS : WORDS).map((text): Line => [span(`   ${text}`)]),
  ];
}
