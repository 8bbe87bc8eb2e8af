import type { Context } from 'hono';
import type { ApiEnv } from '../api-parts.ts';

/** Only what we serve ourselves, nothing inline, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

export function setPageHeaders(context: Context<ApiEnv>): void {
  context.header('content-security-policy', CONTENT_SECURITY_POLICY);
  context.header('referrer-policy', 'no-referrer');
  context.header('x-frame-options', 'DENY');
  context.header('cross-origin-opener-policy', 'same-origin');
}

/** Whether a browser shows the answer, as opposed to a page or a program that reads it. */
export function wantsPage(context: Context<ApiEnv>): boolean {
  const { method } = context.req;
  if (method !== 'GET' && method !== 'HEAD') return false;
  return /\btext\/html\b/i.test(context.req.header('accept') ?? '');
}

export interface PlainPage {
  readonly title: string;
  /** HTML; what comes from elsewhere in it went through {@link escapeHtml}. */
  readonly body: string;
}

/** A small page that needs nothing but its style sheet. */
export function renderPlainPage({ title, body }: PlainPage): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    // Else browsers ask for one, which the token may keep from them.
    '<link rel="icon" href="data:,">',
    '<link rel="stylesheet" href="/sign-in.css">',
    '</head>',
    `<body><main>${body}</main></body>`,
    '</html>',
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
