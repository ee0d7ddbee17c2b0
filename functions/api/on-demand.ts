import type { ApiHandler } from './request.ts';

/**
 * Handlers by their names that are loaded together, with the first request to one of them: for what most containers never
 * see, so that their start does not pay for it.
 */
export const onDemand =
  <Name extends string>(load: () => Promise<Readonly<Record<Name, ApiHandler>>>) =>
  (name: Name): ApiHandler =>
  async (request) =>
    (await load())[name](request);
