import type { ImageDriver } from '../../drivers/image/image-driver.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import type { DueAmphora, DueLoadBalancer, DueReason, RolloutCriteria } from '../../models/operations/rollout.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { listAmphorae } from '../../repositories/fleet/amphora-lists.ts';
import { listLoadBalancers } from '../../repositories/objects/load-balancers.ts';

export interface DueParts {
  readonly images: ImageDriver;
  /** What amphorae are made of where their load balancer does not say it. */
  readonly settings: {
    readonly ampFlavorId: string;
    readonly ampImageTag: string;
    readonly ampImageOwnerId: string | null;
  };
}

/** What amphorae of a load balancer would be made of now. */
interface Target {
  readonly image: string;
  readonly flavor: string;
}

const targets = ({ images, settings }: DueParts, { image }: RolloutCriteria) => {
  const byTag = new Map<string, Promise<string>>();
  return async ({ amphora_options: { amp_image_tag, compute_flavor } }: LoadBalancer): Promise<Target> => {
    const tag = amp_image_tag ?? settings.ampImageTag;
    if (image && !byTag.has(tag)) byTag.set(tag, images.findImageByTag(tag, settings.ampImageOwnerId));
    return { image: (await byTag.get(tag)) ?? '', flavor: compute_flavor ?? settings.ampFlavorId };
  };
};

const dueAmphora = (
  amphora: Amphora,
  target: Target,
  { image, flavor, max_age }: RolloutCriteria,
  now: number,
): DueAmphora => {
  const differs = (reason: DueReason, asked: boolean, has: string | null, wanted: string) =>
    asked && has !== wanted ? [{ reason, has: has ?? 'unknown', wanted }] : [];
  const age = max_age === null ? null : new Date(now - max_age * 1000).toISOString();
  return {
    amphora_id: amphora.id,
    reasons: [
      ...differs('image', image, amphora.image_id, target.image),
      ...differs('flavor', flavor, amphora.compute_flavor, target.flavor),
      ...(age !== null && amphora.created_at < age
        ? [{ reason: 'age' as const, has: `made ${amphora.created_at}`, wanted: `made after ${age}` }]
        : []),
    ],
  };
};

/**
 * Load balancers with amphorae that are due, and why each of these is; by the load balancers' ids. Spares are not among
 * them: their own upkeep replaces them.
 * @throws ImageNotFoundError no image has a load balancer's tag
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const findDue = async (parts: DueParts, criteria: RolloutCriteria): Promise<readonly DueLoadBalancer[]> => {
  const { project_id, loadbalancer_ids } = criteria;
  const [loadBalancers, amphorae] = await Promise.all([listLoadBalancers(project_id), listAmphorae()]);
  const up = Map.groupBy(
    amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED),
    ({ load_balancer_id }) => load_balancer_id,
  );
  const asked = loadBalancers.filter(({ id }) => loadbalancer_ids === null || loadbalancer_ids.includes(id));
  const targetOf = targets(parts, criteria);
  const now = Date.now();
  const found: DueLoadBalancer[] = [];
  for (const loadBalancer of asked.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const own = up.get(loadBalancer.id) ?? [];
    if (own.length === 0) continue;
    const target = await targetOf(loadBalancer);
    const due = own.map((amphora) => dueAmphora(amphora, target, criteria, now));
    const some = due.filter(({ reasons }) => reasons.length > 0);
    if (some.length === 0) continue;
    found.push({ loadbalancer_id: loadBalancer.id, project_id: loadBalancer.project_id, amphorae: some });
  }
  return found;
};
