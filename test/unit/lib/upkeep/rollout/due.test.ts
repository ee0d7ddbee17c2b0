import { beforeAll, describe, expect, it } from 'vitest';
import { NO_AMPHORA_OPTIONS } from '../../../../../lib/models/objects/load-balancer.ts';
import type { RolloutCriteria } from '../../../../../lib/models/operations/rollout.ts';
import { type DueParts, findDue } from '../../../../../lib/upkeep/rollout/due.ts';
import { useTable } from '../../../../helpers/table.ts';
import { watched } from '../../health/receiver/support.ts';

beforeAll(useTable);

const project = () => crypto.randomUUID();
const NOTHING: RolloutCriteria = {
  image: false,
  flavor: false,
  max_age: null,
  project_id: null,
  loadbalancer_ids: null,
};
const MADE = { image_id: 'image-of-default', compute_flavor: 'small' };

/** Images are named by their tags; `asked` are the tags and owners that were asked for. */
const partsOf = () => {
  const asked: unknown[] = [];
  const findImageByTag = async (tag: string, owner: string | null) => {
    asked.push([tag, owner]);
    return `image-of-${tag}`;
  };
  const settings = { ampFlavorId: 'small', ampImageTag: 'default', ampImageOwnerId: 'owner' };
  const parts: DueParts = { images: { findImageByTag }, settings };
  return { asked, parts };
};

/** What is due in a project, as the reasons of each amphora by load balancer. */
const reasons = async (criteria: Partial<RolloutCriteria>) =>
  (await findDue(partsOf().parts, { ...NOTHING, ...criteria })).map(({ loadbalancer_id, amphorae }) => [
    loadbalancer_id,
    amphorae.map((amphora) => amphora.reasons.map(({ reason, has, wanted }) => [reason, has, wanted])),
  ]);

describe('what is due for a roll-out', () => {
  it('is nothing that is made of what it would be made of now', async () => {
    const project_id = project();
    await watched([MADE], { project_id });
    expect(await reasons({ project_id, image: true, flavor: true, max_age: 3_600 })).toEqual([]);
  });

  it('is of another image or flavor, where that is asked for', async () => {
    const project_id = project();
    const { id } = (await watched([{ image_id: 'former' }], { project_id })).loadBalancer;
    const image = ['image', 'former', 'image-of-default'];
    const flavor = ['flavor', 'unknown', 'small'];
    expect(await reasons({ project_id, image: true })).toEqual([[id, [[image]]]]);
    expect(await reasons({ project_id, flavor: true })).toEqual([[id, [[flavor]]]]);
    expect(await reasons({ project_id, image: true, flavor: true })).toEqual([[id, [[image, flavor]]]]);
    expect(await reasons({ project_id })).toEqual([]);
  });

  it('is older than asked for', async () => {
    const project_id = project();
    const { loadBalancer } = await watched([MADE], { project_id });
    expect(await reasons({ project_id, max_age: 0 })).toEqual([
      [loadBalancer.id, [[['age', expect.stringMatching(/^made 20/), expect.stringMatching(/^made after 20/)]]]],
    ]);
  });

  it('goes by the load balancer’s own image tag and flavor, and asks for each tag once', async () => {
    const project_id = project();
    const amphora_options = { ...NO_AMPHORA_OPTIONS, amp_image_tag: 'special', compute_flavor: 'large' };
    await watched([{ image_id: 'image-of-special', compute_flavor: 'large' }], { project_id, amphora_options });
    const other = await watched([MADE], { project_id, amphora_options });
    await watched([MADE], { project_id });
    const { asked, parts } = partsOf();
    const due = await findDue(parts, { ...NOTHING, project_id, image: true, flavor: true });
    expect(due).toMatchObject([
      {
        loadbalancer_id: other.loadBalancer.id,
        amphorae: [{ reasons: [{ wanted: 'image-of-special' }, { wanted: 'large' }] }],
      },
    ]);
    expect(asked.toSorted()).toEqual([
      ['default', 'owner'],
      ['special', 'owner'],
    ]);
    await findDue(parts, { ...NOTHING, project_id, flavor: true });
    expect(asked).toHaveLength(2);
  });

  it('has the due amphorae alone, and their project', async () => {
    const project_id = project();
    const { loadBalancer, amphoraIds } = await watched([MADE, { ...MADE, compute_flavor: 'tiny' }], { project_id });
    expect(await findDue(partsOf().parts, { ...NOTHING, project_id, flavor: true })).toMatchObject([
      { loadbalancer_id: loadBalancer.id, project_id, amphorae: [{ amphora_id: amphoraIds[1] }] },
    ]);
  });

  it('counts no amphora that does not serve, and asks nothing for a load balancer without amphorae', async () => {
    const project_id = project();
    await watched([{ status: 'ERROR' }], { project_id });
    await watched([], { project_id });
    const { asked, parts } = partsOf();
    expect(await findDue(parts, { ...NOTHING, project_id, image: true, flavor: true })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is sought in the given load balancers, and found in the order of their ids', async () => {
    const project_id = project();
    const ids = [];
    for (let made = 0; made < 4; made += 1) ids.push((await watched([{}], { project_id })).loadBalancer.id);
    const found = async (loadbalancer_ids: readonly string[] | null) =>
      (await reasons({ project_id, flavor: true, loadbalancer_ids })).map(([id]) => id);
    expect(await found(null)).toEqual(ids.toSorted());
    expect(await found(ids.slice(1, 3))).toEqual(ids.slice(1, 3).toSorted());
    expect(await reasons({ project_id: project(), flavor: true })).toEqual([]);
  });
});
