import { OfferingNotFoundError } from '../../../lib/errors/not-found.ts';
import { OFFERING_TITLES, type OfferingProfile } from '../../../lib/models/offering.ts';
import {
  changeProfile,
  createProfile,
  findProfile,
  getProfile,
  listProfiles,
  removeProfile,
} from '../../../lib/repositories/offerings/offering-profiles.ts';
import { invalidOption } from '../answers/refusals.ts';
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
import { type NewProfile, type OfferingResource, type ProfileUpdate, shown } from './resource.ts';

/** What can be done with the profiles of flavors, or of availability zones. */
export const profileVerbs = (
  { kind, profile: words }: OfferingResource,
  dependencies: Pick<ApiDependencies, 'settings' | 'cloudChoices' | 'network'>,
): Verbs => {
  const { argument, wrapper, dataField } = words;

  const { profile: title, missingProfile } = OFFERING_TITLES[kind];

  const requested = (request: ApiRequest, name = missingProfile): string => {
    authorizeCaller(request);
    return pathId(request.params, 'id', (id) => new OfferingNotFoundError(name, id));
  };

  const check = async ({ provider_name, data }: Omit<NewProfile, 'name'>): Promise<void> => {
    checkProvider(provider_name);
    await checkData(readData(kind, data, dataField, provider_name), dependencies);
  };

  const changesOf = ({ name, provider_name, data }: ProfileUpdate) => {
    if (name === null) throw invalidOption('None', 'name');
    if (provider_name === null) throw invalidOption('None', 'provider_name');
    if (data === null) throw invalidOption('None', dataField);
    return {
      ...(name !== undefined && { name }),
      ...(provider_name !== undefined && { provider_name }),
      ...(data !== undefined && { data }),
    };
  };

  return {
    async list(request) {
      authorizeCaller(request);
      return await listKnown(request, words, await listProfiles(kind), dependencies.settings());
    },
    async create(request) {
      const wrapping = { argument, wrapper, fields: words.createFields };
      const { fields } = await parseWrite(request.body, wrapping, async () => authorizeCaller(request));
      await check(fields);
      const created = (profile: OfferingProfile) => ({ status: 201, body: { [wrapper]: words.view(profile) } });
      return await createOnce(request, OPERATORS, {
        find: async (id) => {
          const found = await findProfile(kind, id);
          return found === null ? null : created(found);
        },
        create: async (id) => {
          const profile = { ...fields, id, created_at: new Date().toISOString() };
          await createProfile(kind, profile);
          return created(profile);
        },
      });
    },
    async show(request) {
      return shown(request, words, await getProfile(kind, requested(request)));
    },
    async update(request) {
      const wrapping = { argument, wrapper, fields: words.updateFields };
      const { fields, found: id } = await parseWrite(request.body, wrapping, async () => requested(request));
      const changes = changesOf(fields);
      const profile = await getProfile(kind, id);
      if (changes.provider_name !== undefined || changes.data !== undefined) await check({ ...profile, ...changes });
      await changeProfile(kind, id, changes);
      return { status: 200, body: { [wrapper]: words.view(await getProfile(kind, id)) } };
    },
    async remove(request) {
      await removeProfile(kind, requested(request, title));
      return { status: 204 };
    },
  };
};
