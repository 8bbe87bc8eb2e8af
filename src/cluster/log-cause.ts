/** A line of the log with its severity, behind whatever prefix; text that goes on in further lines begins with a tab. */
const LINE =
  /^(?!\t).*?\b(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?|DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION): {2}(.+)$/;
/** What programs write before they have a log: `postgres: could not access directory ...`. */
const BARE = /^postgres: (.+)$/;
/** Said to clients that came too early; why it does not start is said elsewhere. */
const TO_CLIENTS = /^the database system is /;
/** Where: what is wrong there is in the line before, which is written before any statement can be. */
const ERRORS_IN_FILE = /^configuration file .* contains errors/;

/** Said when all of them are gone and the server is about to recover. */
const RECOVERS = 'all server processes terminated; reinitializing';
/** What a server does not survive: an exit with 1 is a session's own matter. */
const CRASHED =
  /^.+ \(PID \d+\) (?:was terminated by (?:signal|exception) .+|exited with exit code (?!1$)\d+)$/;

interface Said {
  readonly severity: string;
  readonly text: string;
}

/**
 * Why a server has ended, from the end of its log: the last thing that was fatal, without a full stop. Null where nothing
 * was. Never the text of a statement, so that everybody may be told.
 */
export function fatalCause(log: string): string | null {
  const said = log.split(/\r?\n/).flatMap(readLine);
  const at = said.findLastIndex(
    ({ severity, text }) => (severity === 'FATAL' || severity === 'PANIC') && !TO_CLIENTS.test(text),
  );
  const fatal = said[at];
  if (fatal === undefined) return null;
  const before = said[at - 1];
  const cause = ERRORS_IN_FILE.test(fatal.text) && before?.severity === 'LOG' ? before : fatal;
  return cause.text.trim().replace(/\.$/, '');
}

/** A recovery from the end of one process, which takes all others with it. */
export interface CrashRecovery {
  /** The line that tells of it, as good as unlike any other. */
  readonly line: string;
  /** As in `server process (PID 4711) was terminated by signal 9: Killed`; null where the log does not say. */
  readonly cause: string | null;
}

/** The last one that these lines of a log tell of; null where there is none. */
export function lastRecovery(lines: readonly string[]): CrashRecovery | null {
  const said = lines.map((line) => readLine(line)[0]);
  const at = said.findLastIndex((one) => one?.severity === 'LOG' && one.text === RECOVERS);
  const line = lines[at];
  if (line === undefined) return null;
  const before = said.slice(0, at);
  const from = before.findLastIndex((one) => one?.text === RECOVERS) + 1;
  const crash = before.slice(from).findLast((one) => one?.severity === 'LOG' && CRASHED.test(one.text));
  return { line, cause: crash?.text ?? null };
}

function readLine(line: string): Said[] {
  const bare = BARE.exec(line)?.[1];
  if (bare !== undefined) return [{ severity: 'FATAL', text: bare }];
  const [, severity, text] = LINE.exec(line) ?? [];
  return severity === undefined || text === undefined ? [] : [{ severity, text }];
}
