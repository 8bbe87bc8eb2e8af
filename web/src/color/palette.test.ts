import { describe, expect, it } from 'vitest';
import { colorsOf, OTHER, stackingOrder, waitColor } from './layer-colors.ts';
import { QUALITATIVE } from './palette.ts';
import { distanceOf, VISIONS } from './vision-fixture.ts';

/** Two patches beside each other are told apart from about 0.05 in OKLab; areas of a stack touch, so more is asked. */
const APART = 0.07;

/** What loads databases, in the order of the stack. */
const USUAL = [
  'CPU:Running',
  'CPU:Waiting',
  'IO:DataFileRead',
  'IO:PageFault',
  'IO:WALSync',
  'LWLock:WALWrite',
  'IPC:MessageQueueReceive',
  'Lock:transactionid',
  'Lock:tuple',
  'Client:ClientRead',
  'Timeout:PgSleep',
];

describe.each(Object.keys(VISIONS))('with %s vision', (vision) => {
  it('neighbours in the stack of waits can be told apart', () => {
    const ordered = stackingOrder('db.wait_event', USUAL);
    const close = ordered.slice(1).filter((key, index) => {
      const below = ordered[index] ?? '';
      return distanceOf(waitColor(below), waitColor(key), vision) < APART;
    });
    expect(close).toEqual([]);
  });

  it('neighbours among the other colours can be told apart', () => {
    const close = QUALITATIVE.slice(1, 8).filter(
      (color, index) => distanceOf(QUALITATIVE[index] ?? '', color, vision) < APART,
    );
    expect(close).toEqual([]);
  });
});

it.each(Object.keys(VISIONS))(
  'pages of the second cache tier are told from those of storage: %s vision',
  (vision) => {
    const besides = [
      'CPU:Running',
      'IO:DataFileRead',
      'IO:PageFault',
      'IO:WALSync',
      'IO:WALWrite',
      'LWLock:WALWrite',
    ];
    const close = besides.filter(
      (key) => distanceOf(waitColor('IO:TieredCacheRead'), waitColor(key), vision) < APART,
    );
    expect(close).toEqual([]);
  },
);

describe('colours', () => {
  it('of a wait event are the same whatever else is there', () => {
    const [few, many] = [['Lock:tuple'], USUAL].map((keys) => colorsOf('db.wait_event', keys)('Lock:tuple'));
    expect(few).toBe(many);
  });

  it('of other values differ from each other', () => {
    const keys = ['app', 'batch', 'reports', 'admin', 'web', 'worker'];
    const colorOf = colorsOf('db.user', keys);
    expect(new Set(keys.map(colorOf)).size).toBe(keys.length);
  });

  it('of other values do not depend on their order', () => {
    const keys = ['app', 'batch', 'reports'];
    const [one, other] = [colorsOf('db.user', keys), colorsOf('db.user', keys.toReversed())];
    expect(keys.map(one)).toEqual(keys.map(other));
  });
});

describe('the stack', () => {
  it('stands on CPU, and has the rest on top', () => {
    expect(
      stackingOrder('db.wait_event', ['Lock:tuple', OTHER, 'CPU:Waiting', 'IO:WALSync', 'CPU:Running']),
    ).toEqual(['CPU:Running', 'CPU:Waiting', 'IO:WALSync', 'Lock:tuple', OTHER]);
  });
});
