import type { HostTierStatus } from '../../daemon/fleet.ts';
import { paint, span, type ColorDepth, type Ink, type Line } from '../terminal/paint.ts';
import { clean, wrap } from '../terminal/text.ts';
import { formatSize } from './amounts.ts';

export interface TierReportOptions {
  readonly width: number;
  readonly color: ColorDepth;
}

type Fact = readonly [label: string, texts: readonly string[], ink?: Ink];

const LABEL_WIDTH = 14;
const FAINT: Ink = { dim: true };
const STRONG: Ink = { bold: true };
const CAUTION: Ink = { fg: { c256: 220, c16: 93 } };

/** The printed answer of `airglow host tiered-cache status`. */
export function renderHostTier(tier: HostTierStatus, { width, color }: TierReportOptions): readonly string[] {
  const { state, reason } = tier;
  const isAmiss = state === 'lost' || state === 'unavailable';
  const facts: readonly Fact[] = [
    ['status', [reason === null ? state : `${state}: ${reason}`], isAmiss ? CAUTION : {}],
    ['place', placeOf(tier)],
    ['used', usedOf(tier)],
    ['promised', promisedOf(tier)],
    ['other swap', tier.otherSwap.map(areaOf)],
    ['kept out', tier.keptOut],
    ...(state === 'off' ? [['switched on', tier.consequences] as const] : []),
  ];
  const lines: readonly Line[] = [
    [span('tiered cache of this host', STRONG)],
    ...facts.flatMap((fact) => factLines(fact, width)),
  ];
  return lines.map((line) => paint(line, width, color).trimEnd());
}

/** What is said before it is switched on, and asked about. */
export function renderConsequences(
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
  { consequences }: HostTierStatus,
  width: number,
): readonly string[] {
  const heading = `A tiered cache of ${formatSize(sizeBytes)} in ${clean(path)} changes this for the whole host:`;
  const points = consequences.flatMap((sentence) =>
    wrap(clean(sentence), width - 2).map((part, index) => `${index === 0 ? '- ' : '  '}${part}`),
  );
  return [...wrap(heading, width), ...points];
}

function placeOf({ path, sizeBytes }: HostTierStatus): readonly string[] {
  if (path === null) return [];
  return [sizeBytes > 0 ? `${path}, ${formatSize(sizeBytes)}` : path];
}

function usedOf({ state, usedBytes, sizeBytes }: HostTierStatus): readonly string[] {
  if (state !== 'on') return usedBytes > 0 ? [formatSize(usedBytes)] : [];
  return [`${formatSize(usedBytes)} of ${formatSize(sizeBytes)}`];
}

function promisedOf({ state, promisedBytes, users }: HostTierStatus): readonly string[] {
  if (users.length === 0) return state === 'on' ? ['to no database yet'] : [];
  const each = users.map(
    ({ name, sizeBytes, usedBytes }) => `${name} ${formatSize(sizeBytes)} (${formatSize(usedBytes)} used)`,
  );
  return [`${formatSize(promisedBytes)}: ${each.join(', ')}`];
}

function areaOf({ path, sizeBytes, usedBytes }: HostTierStatus['otherSwap'][number]): string {
  return `${path}, ${formatSize(usedBytes)} of ${formatSize(sizeBytes)} used`;
}

function factLines([label, texts, ink = {}]: Fact, width: number): readonly Line[] {
  return texts
    .flatMap((text) => wrap(clean(text), width - LABEL_WIDTH - 2))
    .map((part, index) => [
      span(`  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}`, FAINT),
      span(part, ink),
    ]);
}
