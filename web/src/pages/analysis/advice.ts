/** A piece of advice: words, and the command in it that can be copied. */
export interface Advice {
  readonly words: string;
  readonly command: string | null;
  /** What follows the command. */
  readonly rest: string;
}

/** After a colon; what is only named in passing is none. */
const COMMAND =
  /^(?<words>.*?): (?<command>(?:airglow|ALTER|SELECT|SET|ANALYZE|VACUUM|CREATE|iostat) [^,]*[^,.])(?<rest>[,.].*)?$/s;

export function splitAdvice(text: string): Advice {
  const groups = COMMAND.exec(text)?.groups;
  if (groups === undefined) return { words: text, command: null, rest: '' };
  const { words = '', command = '', rest = '' } = groups;
  // `iostat -x 1 shows its latency` is a command only up to its verb.
  const [, first, verb] = /^(.*?)( shows .*)$/s.exec(command) ?? [];
  return first === undefined
    ? { words: `${words}:`, command, rest }
    : { words: `${words}:`, command: first, rest: `${verb ?? ''}${rest}` };
}
