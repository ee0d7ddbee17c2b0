/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** FNV-1a, 32 bits. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value;
};

export interface Draws {
  /** The site's next number, from 0 up to 1. Each site has a sequence of its own, so that calls elsewhere do not change it. */
  next(site: string): number;
  /** A number from 0 up to 1 that stays the same for the name. */
  fixed(name: string): number;
}

export const createDraws = (seed: number): Draws => {
  const sites = new Map<string, () => number>();
  const ofSite = (site: string): (() => number) => {
    const known = sites.get(site) ?? seeded(hash(`${seed}/${site}`));
    sites.set(site, known);
    return known;
  };
  return { next: (site) => ofSite(site)(), fixed: (name) => seeded(hash(`${seed}=${name}`))() };
};
