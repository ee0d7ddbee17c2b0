import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedFields } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { ApiAnswer, ApiRequest } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import type { Words } from './resource.ts';

type Shown<Object> = Pick<Words<Object, unknown, unknown>, 'wrapper' | 'plural' | 'linksKey' | 'view' | 'searchable'>;

/** One object, narrowed to the fields that are asked for. */
export const shown = <Object>(request: ApiRequest, { wrapper, view }: Shown<Object>, object: Object): ApiAnswer => ({
  status: 200,
  body: { [wrapper]: narrow(view(object), askedFields(request.query)) },
});

/** A list of everything there is; an object's id marks a page, and is shown only where it is a field. */
export const listed = async <Object extends { readonly id: string }>(
  request: ApiRequest,
  { plural, linksKey, view, searchable }: Shown<Object>,
  objects: readonly Object[],
  { paginationMaxLimit }: Pick<ApiSettings, 'paginationMaxLimit'>,
): Promise<ApiAnswer> => {
  const views = new Map(objects.map((object) => [object.id, view(object)]));
  const listing = {
    plural,
    ...(linksKey !== undefined && { linksKey }),
    searchable,
    maxLimit: paginationMaxLimit,
    complete: async (page: readonly View[]) => page.map(({ id }) => views.get(String(id)) ?? {}),
  };
  return await listAnswer(
    request,
    listing,
    [...views].map(([id, fields]) => ({ ...fields, id })),
  );
};
