import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AirglowError } from '../../errors.ts';
import { replaceFile } from './atomic-file.ts';

/** Passwords of a database. They are in a file of mode 0600 and nowhere else. */
export interface Secrets {
  /** Of the role that Airglow itself uses. */
  readonly adminPassword: string;
  /** Of the user's superuser. */
  readonly password: string;
}

const schema = z.strictObject({ adminPassword: z.string().min(16), password: z.string().min(16) });

export function makeSecrets(): Secrets {
  return {
    adminPassword: randomBytes(24).toString('base64url'),
    password: randomBytes(24).toString('base64url'),
  };
}

export async function writeSecrets(path: string, secrets: Secrets): Promise<void> {
  await replaceFile(path, `${JSON.stringify(secrets)}\n`, { mode: 0o600, gid: null, durable: true });
}

/** Raises STATE_CORRUPT. Nothing of the file's text is in the message. */
export async function readSecrets(path: string): Promise<Secrets> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    throw new AirglowError(
      'STATE_CORRUPT',
      `The passwords in ${path} cannot be read. Put back a copy of that file; without it nobody can log in.`,
    );
  }
}
