import type { PublicHandler } from '../request/request.ts';

/** GET /openapi.json, without a token: the API's description. */
export const showDescription: PublicHandler = async () => {
  // Loaded with the first reader: most containers never see one.
  const { default: body } = await import('./openapi.json', { with: { type: 'json' } });
  return { status: 200, body };
};
