import type { EventsAnswer } from '../../api/answers.ts';
import { paint, span, type ColorDepth, type Ink } from '../terminal/paint.ts';
import { clean } from '../terminal/text.ts';
import { formatMoment } from './amounts.ts';

type Event = EventsAnswer['events'][number];

const FAINT: Ink = { dim: true };
const INKS: Readonly<Record<Event['severity'], Ink>> = {
  info: {},
  warning: { fg: { c256: 220, c16: 93 } },
  error: { fg: { c256: 203, c16: 91 } },
};

/** One line for each event, oldest first, as in a log. */
export function renderEvents(
  events: readonly Event[],
  { color, timeZone }: { readonly color: ColorDepth; readonly timeZone?: string },
): readonly string[] {
  if (events.length === 0) return ['No event in this time; --from -7d looks further back.'];
  return events
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, kind, severity, message }) =>
      paint(
        [
          span(`${formatMoment(atMs, timeZone)}  `, FAINT),
          span(`${severity.padEnd(7)}  `, INKS[severity]),
          span(`${clean(kind)}: ${clean(message)}`),
        ],
        Number.POSITIVE_INFINITY,
        color,
      ),
    );
}
