import { IGNORE_FIELDS, ignoreRuleFault } from '../../api/pause-rules.ts';
import type { IgnoreRule } from '../../daemon/fleet.ts';
import { AirglowError } from '../../errors.ts';

const EXAMPLE = 'user=exporter,application=healthcheck';
/** A backslash takes the character after it as it is. */
const PART = /(?:\\.|[^,])+/gs;

/**
 * `user=exporter,application=healthcheck`: sessions that any of these fit hold no database awake. A comma within a value
 * is written `\,`. Nothing, or `none`, is no rule at all. Raises INVALID_ARGUMENT.
 */
export function parseIgnoreActivity(text: string): readonly IgnoreRule[] {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'none') return [];
  return (trimmed.match(PART) ?? [trimmed]).map(parseRule);
}

function parseRule(part: string): IgnoreRule {
  const [, name = '', written = ''] = /^([^=]*)=(.*)$/s.exec(part.trim()) ?? [];
  const field = IGNORE_FIELDS.find((known) => known === name.trim().toLowerCase());
  if (field === undefined) {
    throw new AirglowError(
      'INVALID_ARGUMENT',
      `${JSON.stringify(part.trim())} does not say whose activity to ignore: write it like ${EXAMPLE}, ` +
        `with ${IGNORE_FIELDS.join(', ')}; a comma within a value is written \\,`,
    );
  }
  const rule = { field, value: written.replaceAll(/\\(.)/gs, '$1') };
  const fault = ignoreRuleFault(rule);
  if (fault !== null) throw new AirglowError('INVALID_ARGUMENT', fault);
  return rule;
}
