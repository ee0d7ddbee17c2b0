import type { PublicHandler } from './request.ts';

/**
 * The versions that are wholly implemented, oldest first; the last one is the current one. Clients switch features on
 * by this list, so a version is added only when its feature is there.
 */
const VERSIONS: readonly (readonly [id: string, updated: string])[] = [
  ['v2.0', '2016-12-11T00:00:00Z'],
  ['v2.1', '2018-04-20T00:00:00Z'],
  ['v2.2', '2018-07-31T00:00:00Z'],
  ['v2.3', '2018-12-18T00:00:00Z'],
  ['v2.4', '2018-12-19T00:00:00Z'],
  ['v2.5', '2019-01-21T00:00:00Z'],
];

/** GET /, without a token: which versions there are and where. */
export const showVersions: PublicHandler = async ({ origin, path }) => {
  const base = `${origin}${path.replace(/\/$/, '')}`;
  return {
    status: 200,
    body: {
      versions: VERSIONS.map(([id, updated], index) => ({
        id,
        status: index === VERSIONS.length - 1 ? 'CURRENT' : 'SUPPORTED',
        updated,
        links: [{ href: `${base}/v2`, rel: 'self' }],
      })),
    },
  };
};
