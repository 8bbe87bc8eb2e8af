/** Words that are neither the name of a function nor something that a sign could follow as an operator. */
const RESERVED = new Set(
  `all and any as asc between by case check cross default desc distinct else except exists filter for foreign from full group
  having if ilike in inner intersect into is join key lateral left like limit natural not offset on only or order outer over
  partition primary references return returning returns right select set similar some then to union unique using values when
  where window with within`.split(/\s+/),
);

export function isReserved(word: string): boolean {
  return RESERVED.has(word);
}
