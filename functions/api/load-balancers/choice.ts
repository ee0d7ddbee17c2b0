import { type AmphoraOptions, NO_AMPHORA_OPTIONS } from '../../../lib/models/objects/load-balancer.ts';
import { checkProvider, DEFAULT_PROVIDER } from '../fields/provider.ts';
import type { ApiDependencies, ApiSettings } from '../request/dependencies.ts';
import type { CreateFields } from './definition.ts';

/** The result of a body's provider, flavor and availability zone. */
export interface Choice {
  readonly provider: string;
  /** The deployment's, with the topology and the VIP networks that were chosen. */
  readonly settings: ApiSettings;
  readonly amphoraOptions: AmphoraOptions;
  /** Looks whether the cloud still has what they name. @throws ApiError 400 @throws CloudResourceNotFoundError */
  readonly check: () => Promise<void>;
}

/** @throws ApiError 400, 501 */
export const chosen = async (fields: CreateFields, dependencies: ApiDependencies): Promise<Choice> => {
  if (fields.flavor_id !== undefined || fields.availability_zone !== undefined) {
    // Loaded with the first choice: most load balancers make none.
    const { choose } = await import('./choose.ts');
    return await choose(fields, dependencies);
  }
  const provider = fields.provider || DEFAULT_PROVIDER;
  checkProvider(provider);
  return { provider, settings: dependencies.settings(), amphoraOptions: NO_AMPHORA_OPTIONS, check: async () => {} };
};
