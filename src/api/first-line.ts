/**
 * What a message says itself. Where PostgreSQL does not start, the end of its log follows on lines of their own; that may
 * hold the text of statements, and is for those only who may read the log.
 */
export function firstLine(message: string): string {
  const end = message.search(/[\r\n]/);
  return end === -1 ? message : message.slice(0, end).replace(/:\s*$/, '');
}
