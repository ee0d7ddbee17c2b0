import { providerNotEnabled } from '../answers/refusals.ts';

/** Names of the one provider, with what GET /lbaas/providers says of it. */
export const PROVIDERS: Readonly<Record<string, string>> = Object.freeze({
  amphora: 'The Octavia Amphora driver.',
  octavia: 'Deprecated alias of the Octavia Amphora driver.',
});
export const DEFAULT_PROVIDER = 'amphora';

/** @throws ApiError 400 there is no such provider */
export const checkProvider = (name: string): void => {
  if (!Object.hasOwn(PROVIDERS, name)) throw providerNotEnabled(name);
};
