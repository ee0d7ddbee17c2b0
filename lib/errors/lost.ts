import { CloudResourceNotFoundError } from './cloud.ts';

/**
 * Runs `use`, which refers to a resource by its recorded id. If that resource was deleted in the cloud, runs `otherwise`, once:
 * it makes the resource again, or does without it.
 */
export const unlessLost = async <T>(
  /** `resource` is its kind, as the drivers' errors name it. */
  { resource, id }: { readonly resource: string; readonly id: string | null },
  use: () => Promise<T>,
  otherwise: () => Promise<T>,
): Promise<T> => {
  try {
    return await use();
  } catch (error) {
    const lost = error instanceof CloudResourceNotFoundError && error.resource === resource && error.resourceId === id;
    if (!lost) throw error;
    return await otherwise();
  }
};
