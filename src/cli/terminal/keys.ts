const NAMED: ReadonlyMap<string, string> = new Map([
  ['\u001b[A', 'up'],
  ['\u001b[B', 'down'],
  ['\u001bOA', 'up'],
  ['\u001bOB', 'down'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\u001b', 'escape'],
  ['\u007f', 'backspace'],
  ['\b', 'backspace'],
  ['\u0003', 'ctrl-c'],
  ['\u001a', 'ctrl-z'],
  ['\f', 'ctrl-l'],
]);

/** A CSI or SS3 sequence, or one character. */
// oxlint-disable-next-line no-control-regex -- key sequences begin with the escape character
const KEY = /\u001b\[[0-9;]*[A-Za-z~]|\u001bO[A-Za-z]|[\s\S]/gu;

/** The keys in what a raw terminal sent; several when they came together. Unknown sequences are left out. */
export function decodeKeys(data: string): readonly string[] {
  const keys = data.match(KEY) ?? [];
  return keys.map((key) => NAMED.get(key) ?? key).filter((key) => !key.startsWith('\u001b'));
}
