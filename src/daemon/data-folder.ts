import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AirglowError } from '../errors.ts';

const TOKEN_FILE = 'token';
const TOKEN = /^[A-Za-z0-9_-]{32,128}$/;

/**
 * Makes the folder of the record, for its owner only: it holds statements and the token. A folder that others can
 * read and that holds something already is left alone. Raises INVALID_ARGUMENT with the way out.
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { mode } = await stat(folder);
    if ((mode & 0o077) === 0) return;
    if ((await readdir(folder)).length === 0) {
      await chmod(folder, 0o700);
      return;
    }
  } catch (error) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `the data folder ${folder} cannot be used: ${reasonOf(error)}`,
      {
        cause: error,
      },
    );
  }
  throw new AirglowError(
    'INVALID_ARGUMENT',
    `others can read the data folder ${folder}: run chmod 700 on it, or choose an empty one`,
  );
}

/** The token in the folder's file `token`, made on first use, readable by its owner only. */
export async function readOrCreateToken(folder: string): Promise<string> {
  const path = join(folder, TOKEN_FILE);
  try {
    return (await readTokenFile(path)) ?? (await createToken(path));
  } catch (error) {
    throw unusableToken(path, error);
  }
}

/** The token of a folder; null where it has none. Raises INVALID_ARGUMENT, INSUFFICIENT_PRIVILEGE. */
export async function readToken(folder: string): Promise<string | null> {
  const path = join(folder, TOKEN_FILE);
  try {
    return await readTokenFile(path);
  } catch (error) {
    throw unusableToken(path, error);
  }
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

function unusableToken(path: string, error: unknown): AirglowError {
  if (error instanceof AirglowError) return error;
  const isOthers = (error as NodeJS.ErrnoException).code === 'EACCES';
  return new AirglowError(
    isOthers ? 'INSUFFICIENT_PRIVILEGE' : 'INVALID_ARGUMENT',
    `the token file ${path} cannot be used: ${reasonOf(error)}${isOthers ? '; become the user that it belongs to' : ''}`,
    { cause: error },
  );
}

async function readTokenFile(path: string): Promise<string | null> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const text = (await file.readFile('utf8')).trim();
    if (!TOKEN.test(text)) {
      throw new AirglowError(
        'INVALID_ARGUMENT',
        `the file ${path} holds no token; delete it to get a new one`,
      );
    }
    await file.chmod(0o600);
    return text;
  } finally {
    await file.close();
  }
}

async function createToken(path: string): Promise<string> {
  const token = newToken();
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${token}\n`);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return token;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
