import { FlavorOrZoneNotFoundError } from '../../../lib/errors/not-found.ts';
import { FLAVOR_OR_ZONE_TITLES, type FlavorOrZoneProfile } from '../../../lib/models/flavors-and-zones.ts';
import {
  changeProfile,
  createProfile,
  findProfile,
  getProfile,
  listProfiles,
  removeProfile,
} from '../../../lib/repositories/flavors-and-zones/profiles.ts';
import { parseWrite } from '../fields/parse-resource.ts';
import { pathId } from '../fields/path-id.ts';
import { checkProvider } from '../fields/provider.ts';
import { listKnown } from '../lists/list-answer.ts';
import { authorizeCaller } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { createOnce, OPERATORS } from '../request/idempotency.ts';
import type { ApiRequest } from '../request/request.ts';
import type { Verbs } from '../request/resource-routes.ts';
import { checkData } from './check-data.ts';
import { readData } from './data.ts';
import { type OperatorsResource, shown } from './fields.ts';

/** What can be done with the profiles of flavors, or of availability zones. */
export const profileVerbs = <New, Changes>(
  resource: OperatorsResource<FlavorOrZoneProfile, New, Changes> & {
    /** The field that holds the JSON text. */
    readonly dataField: string;
  },
  dependencies: Pick<ApiDependencies, 'settings' | 'cloudChoices' | 'network'>,
): Verbs => {
  const { kind, argument, wrapper, dataField, view } = resource;
  const { profile: title, missingProfile } = FLAVOR_OR_ZONE_TITLES[kind];

  const requested = (request: ApiRequest, name = missingProfile): string => {
    authorizeCaller(request);
    return pathId(request.params, 'id', (id) => new FlavorOrZoneNotFoundError(name, id));
  };

  const check = async ({ provider_name, data }: Pick<FlavorOrZoneProfile, 'provider_name' | 'data'>): Promise<void> => {
    checkProvider(provider_name);
    await checkData(readData(kind, data, dataField, provider_name), dependencies);
  };

  return {
    async list(request) {
      authorizeCaller(request);
      return await listKnown(request, resource, await listProfiles(kind), dependencies.settings());
    },
    async create(request) {
      const wrapping = { argument, wrapper, fields: resource.createFields };
      const { fields } = await parseWrite(request.body, wrapping, async () => authorizeCaller(request));
      const drafted = resource.draft(fields, null);
      await check(drafted);
      const created = (profile: FlavorOrZoneProfile) => ({ status: 201, body: { [wrapper]: view(profile, null) } });
      return await createOnce(request, OPERATORS, {
        find: async (id) => {
          const found = await findProfile(kind, id);
          return found === null ? null : created(found);
        },
        create: async (id) => {
          const profile = { ...drafted, id, created_at: new Date().toISOString() };
          await createProfile(kind, profile);
          return created(profile);
        },
      });
    },
    async show(request) {
      return shown(request, resource, await getProfile(kind, requested(request)));
    },
    async update(request) {
      const wrapping = { argument, wrapper, fields: resource.updateFields };
      const { fields, found: id } = await parseWrite(request.body, wrapping, async () => requested(request));
      const changes = resource.updates(fields, null);
      const profile = await getProfile(kind, id);
      if (changes.provider_name !== undefined || changes.data !== undefined) await check({ ...profile, ...changes });
      await changeProfile(kind, id, changes);
      return { status: 200, body: { [wrapper]: view(await getProfile(kind, id), null) } };
    },
    async remove(request) {
      await removeProfile(kind, requested(request, title));
      return { status: 204 };
    },
  };
};
