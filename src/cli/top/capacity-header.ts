import { formatDuration } from '../terminal/numbers.ts';
import { lineWidth, span, type Hue, type Ink, type Line, type Span } from '../terminal/paint.ts';
import { clean } from '../terminal/text.ts';
import { formatAcu, formatDemand, RESOURCES, savedShare, type CapacityView } from './capacity-view.ts';
import type { Frame } from './model.ts';
import { ASLEEP, sleepTexts } from './pause-view.ts';

const CAPACITY: Hue = { c256: 51, c16: 96 };
const CAUTION: Hue = { c256: 220, c16: 93 };
const STRONG: Ink = { bold: true };
const FAINT: Ink = { dim: true };

/** What the database may use and what it asks for; below it, what it used so far. Always two lines. */
export function renderCapacityHeader(view: CapacityView, frame: Frame): readonly Line[] {
  return [demandLine(view, frame), usageLine(view, frame)];
}

function demandLine({ cluster, latest }: CapacityView, frame: Frame): Line {
  const { current, min, max, requestedMax } = cluster.capacity;
  // A maximum above the host is cut down to it; where that happened it must not be overlooked.
  const asked = requestedMax > max ? ` of ${formatAcu(requestedMax)} asked` : '';
  const left = [
    span(' capacity ', STRONG),
    span(`${formatAcu(current)} ACU`, { bold: true, fg: CAPACITY }),
    span(` (${formatAcu(min)}–${formatAcu(max)}${asked})`),
  ];
  const asleep = sleepTexts(cluster, frame);
  if (asleep !== null) {
    const versions = asleep.map((text) => [...left, span(` · ${text}`, ASLEEP)]);
    return versions.find((line) => lineWidth(line) <= frame.width) ?? left;
  }
  if (latest === null) return [...left, span(` · ${cluster.statusReason ?? cluster.status}`, FAINT)];
  const { parts, binding } = latest.decision;
  const demands = (name: 'long' | 'short', separator: string): Line =>
    RESOURCES.flatMap((resource, index): Span[] => {
      const isBinding = resource.key === binding;
      const text = `${resource[name]} ${formatDemand(parts[resource.key])}`;
      return [span(index === 0 ? '' : separator, FAINT), span(text, isBinding ? STRONG : FAINT)];
    });
  const bound = RESOURCES.find((resource) => resource.key === binding);
  const versions = [
    [span(' · demand ', FAINT), ...demands('long', ' · '), span(` · binding: ${bound?.long ?? 'none'}`)],
    [span(' · demand ', FAINT), ...demands('short', ' · '), span(` · binding: ${bound?.short ?? 'none'}`)],
    [span(' · demand ', FAINT), ...demands('short', '  '), span(` · by ${bound?.short ?? 'none'}`)],
    [span(' · demand ', FAINT), ...demands('short', '  ')],
  ];
  const fits = versions.find((right) => lineWidth([...left, ...right]) <= frame.width);
  return fits === undefined ? left : [...left, ...fits];
}

function usageLine(view: CapacityView, frame: Frame): Line {
  const { cluster } = view;
  const { cost, acuHours } = cluster;
  const saved = savedShare(cluster);
  const used = [span(' used '), span(`${acuHours.toFixed(3)} ACU-h`, STRONG)];
  const than = `less than a fixed ${formatAcu(cluster.capacity.max)} ACU`;
  const less =
    saved === null ? [] : [span(', '), span(`${Math.round(saved * 100)} %`, STRONG), span(` ${than}`)];
  const amount = money(cost.currency, cost.amount);
  const fixed = money(cost.currency, cost.fixedMaximumAmount);
  const running = formatDuration(cost.runningSeconds * 1000);
  const details = [
    ` · ${amount} instead of ${fixed} · running for ${running}`,
    ` · ${amount} instead of ${fixed}`,
    ` · ${amount}`,
    '',
  ];
  const line: Line = [...used, ...less];
  const end = cluster.enforced
    ? span(' · enforced', FAINT)
    : span(' · not enforced', { fg: CAUTION, bold: true });
  const room = frame.width - lineWidth([...line, end]);
  const detail = details.find((text) => text.length <= room) ?? '';
  return [...line, span(detail, FAINT), end];
}

/** A small amount with as many decimals as it takes to be one. */
export function money(currency: string, amount: number): string {
  return `${clean(currency)} ${amount >= 1 ? amount.toFixed(2) : amount.toFixed(4)}`;
}
