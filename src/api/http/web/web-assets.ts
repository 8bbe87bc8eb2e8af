export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A file of the dashboard. */
export interface WebAsset {
  readonly contentType: string;
  /** Hexadecimal digest of the content. */
  readonly hash: string;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Null where it would not become smaller. */
  encoded(encoding: Encoding): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** The port of the files that the dashboard is made of: those there are, found by their exact path and no other. */
export interface WebAssets {
  /** Null where the dashboard was not built. */
  readonly index: WebAsset | null;
  /** By its path with a leading slash, as `/assets/app-1a2b3c.js`; null where there is none. */
  find(path: string): WebAsset | null;
}

/** Best first: what of our encodings an Accept-Encoding header takes. */
export function acceptedEncodings(header: string | undefined): readonly Encoding[] {
  const taken = new Set(
    (header ?? '')
      .toLowerCase()
      .split(',')
      .map((part) => /^\s*(br|gzip|\*)\s*(?:;\s*q\s*=\s*([\d.]+)\s*)?$/.exec(part))
      .filter((match) => match !== null && Number(match[2] ?? 1) > 0)
      .map((match) => match?.[1]),
  );
  const refused = /\b(br|gzip)\s*;\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$)/g;
  const excluded = new Set([...(header ?? '').toLowerCase().matchAll(refused)].map((match) => match[1]));
  return ENCODINGS.filter((name) => taken.has(name) || (taken.has('*') && !excluded.has(name)));
}
