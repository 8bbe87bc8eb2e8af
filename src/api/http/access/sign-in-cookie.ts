import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ApiEnv } from '../api-parts.ts';
import { hostOf } from './request-origin.ts';

/** What the cookie's value is made for; another one would make all of them invalid. */
const PURPOSE = 'airglow dashboard, cookie, 1';
const MAX_AGE_SECONDS = 180 * 86_400;

/** Lets the browser in from now on. */
export function setSignInCookie(context: Context<ApiEnv>, token: string): void {
  writeCookie(context, cookieValue(token), MAX_AGE_SECONDS);
}

export function clearSignInCookie(context: Context<ApiEnv>): void {
  writeCookie(context, '', 0);
}

export function hasSignInCookie(context: Context<ApiEnv>, token: string): boolean {
  const given = getCookie(context, cookieName(hostOf(context)));
  return given !== undefined && isSameSecret(given, cookieValue(token));
}

/** Cookies do not know ports, so their name does: two daemons on one host do not sign each other's browsers out. */
export function cookieName(host: string): string {
  return `airglow-${/:(\d{1,5})$/.exec(host)?.[1] ?? '80'}`;
}

/** Tells nothing about the token, and is the same as long as the token is. */
export function cookieValue(token: string): string {
  return createHmac('sha256', token).update(PURPOSE).digest('base64url');
}

/** Takes the same time for any two texts of a length. */
export function isSameSecret(given: string, right: string): boolean {
  return timingSafeEqual(digest(given), digest(right));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function writeCookie(context: Context<ApiEnv>, value: string, maxAge: number): void {
  setCookie(context, cookieName(hostOf(context)), value, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge,
  });
}
