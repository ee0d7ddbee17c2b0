import { FlavorOrZoneNotFoundError } from '../../../lib/errors/not-found.ts';
import { FLAVOR_OR_ZONE_TITLES, type FlavorOrZone, FlavorOrZoneKind } from '../../../lib/models/flavors-and-zones.ts';
import {
  changeFlavorOrZone,
  createFlavorOrZone,
  findFlavorOrZone,
  getFlavorOrZone,
  listFlavorsOrZones,
  removeFlavorOrZone,
} from '../../../lib/repositories/flavors-and-zones/flavors-and-zones.ts';
import { findProfile } from '../../../lib/repositories/flavors-and-zones/profiles.ts';
import { missingSubresource } from '../answers/refusals.ts';
import { parseWrite } from '../fields/parse-resource.ts';
import { pathId } from '../fields/path-id.ts';
import { listKnown } from '../lists/list-answer.ts';
import { authorizeCaller } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { createOnce, OPERATORS } from '../request/idempotency.ts';
import type { ApiRequest } from '../request/request.ts';
import type { Verbs } from '../request/resource-routes.ts';
import { type OperatorsResource, shown } from './fields.ts';

/** What can be done with flavors, or with availability zones. */
export const flavorOrZoneVerbs = <New, Changes>(
  resource: OperatorsResource<FlavorOrZone, New, Changes>,
  settings: () => Pick<ApiSettings, 'paginationMaxLimit'>,
): Verbs => {
  const { kind, argument, wrapper, createFields, updateFields, view } = resource;
  const titles = FLAVOR_OR_ZONE_TITLES[kind];

  const requested = (request: ApiRequest): string => {
    authorizeCaller(request);
    if (kind === FlavorOrZoneKind.AVAILABILITY_ZONE) return request.params.id ?? '';
    return pathId(request.params, 'id', (id) => new FlavorOrZoneNotFoundError(titles.itself, id));
  };

  return {
    async list(request) {
      authorizeCaller(request);
      return await listKnown(request, resource, await listFlavorsOrZones(kind), settings());
    },
    async create(request) {
      const { fields } = await parseWrite(request.body, { argument, wrapper, fields: createFields }, async () =>
        authorizeCaller(request),
      );
      const drafted = resource.draft(fields, null);
      const { name, profile_id } = drafted;
      if ((await findProfile(kind, profile_id)) === null) throw missingSubresource(titles.profile, profile_id);
      const idOf = (given: string) => (kind === FlavorOrZoneKind.AVAILABILITY_ZONE ? name : given);
      const created = (row: FlavorOrZone) => ({ status: 201, body: { [wrapper]: view(row, null) } });
      return await createOnce(request, OPERATORS, {
        find: async (given) => {
          const found = await findFlavorOrZone(kind, idOf(given));
          return found === null ? null : created(found);
        },
        create: async (given) => {
          const row = { ...drafted, id: idOf(given), created_at: new Date().toISOString() };
          await createFlavorOrZone(kind, row);
          return created(row);
        },
      });
    },
    async show(request) {
      return shown(request, resource, await getFlavorOrZone(kind, requested(request)));
    },
    async update(request) {
      const wrapping = { argument, wrapper, fields: updateFields };
      const { fields, found: id } = await parseWrite(request.body, wrapping, async () => requested(request));
      await changeFlavorOrZone(kind, id, resource.updates(fields, null));
      return { status: 200, body: { [wrapper]: view(await getFlavorOrZone(kind, id), null) } };
    },
    async remove(request) {
      await removeFlavorOrZone(kind, requested(request));
      return { status: 204 };
    },
  };
};
