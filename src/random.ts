/** A number from 0 up to, not including, 1. */
export type Random = () => number;

/** A small seeded generator (a Weyl sequence, mixed): the same seed gives the same load. */
export function seededRandom(seed: number, stream = ''): Random {
  let state = Buffer.from(stream).reduce((mixed, byte) => mix(mixed + byte), mix(seed));
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
}

/** A whole number from 1 to `max`. */
export function upTo(max: number, random: Random): number {
  return 1 + Math.floor(random() * max);
}

/** Time to the next arrival when they come independently of each other, `perSecond` on average. */
export function nextArrivalMs(perSecond: number, random: Random): number {
  return (-Math.log(1 - random()) * 1000) / perSecond;
}

function mix(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
