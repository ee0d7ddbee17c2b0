import { OfferingNotFoundError } from '../../../lib/errors/not-found.ts';
import { OFFERING_TITLES, type Offering, OfferingKind } from '../../../lib/models/offering.ts';
import { findProfile } from '../../../lib/repositories/offerings/offering-profiles.ts';
import {
  changeOffering,
  createOffering,
  findOffering,
  getOffering,
  listOfferings,
  removeOffering,
} from '../../../lib/repositories/offerings/offerings.ts';
import { missingSubresource } from '../answers/refusals.ts';
import { parseWrite } from '../fields/parse-resource.ts';
import { pathId } from '../fields/path-id.ts';
import { listKnown } from '../lists/list-answer.ts';
import { authorizeCaller } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { createOnce, OPERATORS } from '../request/idempotency.ts';
import type { ApiRequest } from '../request/request.ts';
import type { Verbs } from '../request/resource-routes.ts';
import { type OfferingResource, type OfferingUpdate, shown } from './resource.ts';

const changesOf = ({ name, description, enabled }: OfferingUpdate) => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description: description ?? '' }),
  ...(enabled !== undefined && { enabled }),
});

/** What can be done with flavors, or with availability zones. */
export const offeringVerbs = (
  { kind, offering: words }: OfferingResource,
  settings: () => Pick<ApiSettings, 'paginationMaxLimit'>,
): Verbs => {
  const titles = OFFERING_TITLES[kind];

  const requested = (request: ApiRequest): string => {
    authorizeCaller(request);
    if (kind === OfferingKind.AVAILABILITY_ZONE) return request.params.id ?? '';
    return pathId(request.params, 'id', (id) => new OfferingNotFoundError(titles.offering, id));
  };

  return {
    async list(request) {
      authorizeCaller(request);
      return await listKnown(request, words, await listOfferings(kind), settings());
    },
    async create(request) {
      const { argument, wrapper, createFields } = words;
      const { fields } = await parseWrite(request.body, { argument, wrapper, fields: createFields }, async () =>
        authorizeCaller(request),
      );
      const { name, description, enabled = true, profile_id } = fields;
      if ((await findProfile(kind, profile_id)) === null) throw missingSubresource(titles.profile, profile_id);
      const idOf = (given: string) => (kind === OfferingKind.AVAILABILITY_ZONE ? name : given);
      const created = (offering: Offering) => ({ status: 201, body: { [wrapper]: words.view(offering) } });
      return await createOnce(request, OPERATORS, {
        find: async (given) => {
          const found = await findOffering(kind, idOf(given));
          return found === null ? null : created(found);
        },
        create: async (given) => {
          const created_at = new Date().toISOString();
          const offering = { id: idOf(given), name, description: description ?? '', enabled, profile_id, created_at };
          await createOffering(kind, offering);
          return created(offering);
        },
      });
    },
    async show(request) {
      return shown(request, words, await getOffering(kind, requested(request)));
    },
    async update(request) {
      const { argument, wrapper, updateFields } = words;
      const wrapping = { argument, wrapper, fields: updateFields };
      const { fields, found: id } = await parseWrite(request.body, wrapping, async () => requested(request));
      await changeOffering(kind, id, changesOf(fields));
      return { status: 200, body: { [wrapper]: words.view(await getOffering(kind, id)) } };
    },
    async remove(request) {
      await removeOffering(kind, requested(request));
      return { status: 204 };
    },
  };
};
