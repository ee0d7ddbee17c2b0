import type { L7Policy } from '../../../lib/models/l7.ts';
import { newObject, type Place } from '../children/new-object.ts';
import { checkTargets, settledAction } from './action.ts';
import type { L7PolicyFields } from './body.ts';

/** Behind all others: a position past the end appends. */
const LAST_POSITION = 2_147_483_647;

/** The L7 policy that the fields ask for. @throws ApiError 400 its action lacks a target, or has two */
export const draftL7Policy = (place: Place & { readonly listener_id: string }, fields: L7PolicyFields): L7Policy => {
  checkTargets(fields.action, fields);
  return {
    ...newObject(place, fields),
    listener_id: place.listener_id,
    name: fields.name ?? '',
    description: fields.description ?? '',
    position: fields.position ?? LAST_POSITION,
    ...settledAction({
      action: fields.action,
      redirect_pool_id: fields.redirect_pool_id ?? null,
      redirect_url: fields.redirect_url ?? null,
      redirect_prefix: fields.redirect_prefix ?? null,
      redirect_http_code: fields.redirect_http_code ?? null,
    }),
  };
};
