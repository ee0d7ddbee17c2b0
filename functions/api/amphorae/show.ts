import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { requestedAmphora } from './find.ts';
import { amphoraView } from './view.ts';

/** GET /octavia/amphorae/{id} */
export const showAmphora: ApiHandler = async (request) => {
  const view = amphoraView(await requestedAmphora(request));
  return { status: 200, body: { amphora: narrow(view, askedFields(request.query)) } };
};
