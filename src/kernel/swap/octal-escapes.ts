/** A path as the kernel lists it in /proc, read as latin1: blanks and the like are written as `\040`. */
export function unescapePath(text: string): string {
  const bytes = text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
