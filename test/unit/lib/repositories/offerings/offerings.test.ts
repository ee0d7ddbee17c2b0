import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as markLBDeletedInDB } from '../../../../../functions/database/mark-lb-deleted-in-db.ts';
import { OfferingInUseError, OfferingNameTakenError } from '../../../../../lib/errors/conflict.ts';
import { InvalidArgumentError } from '../../../../../lib/errors/flow.ts';
import { OfferingNotFoundError } from '../../../../../lib/errors/not-found.ts';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { findLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import {
  changeProfile,
  findProfile,
  getProfile,
  removeProfile,
} from '../../../../../lib/repositories/offerings/offering-profiles.ts';
import {
  changeOffering,
  createOffering,
  findOffering,
  listOfferings,
  removeOffering,
} from '../../../../../lib/repositories/offerings/offerings.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { invoke } from '../../task/support/invoke.ts';
import { newOffering, storedOffering, storedProfile } from '../support/offerings.ts';
import { createRequest, flowOf, storedLoadBalancer } from '../support/stored.ts';

beforeAll(useTable);

const deleted = (operation: Operation) =>
  invoke(markLBDeletedInDB, { ...flowOf(operation), loadbalancer_id: String(operation.loadbalancer_id) });

const KINDS = ['flavor', 'availability_zone'] as const;

describe.each(KINDS)('a %s', (kind) => {
  const choosing = (id: string) => newLoadBalancer(kind === 'flavor' ? { flavor_id: id } : { availability_zone: id });

  it('is found and listed as it was created', async () => {
    const offering = await storedOffering(kind, {}, { description: 'fast' });
    expect(await findOffering(kind, offering.id)).toMatchObject(offering);
    expect(await listOfferings(kind)).toEqual(expect.arrayContaining([expect.objectContaining(offering)]));
  });

  it('is not created without its profile', async () => {
    const offering = newOffering(kind, randomUUID());
    await expect(createOffering(kind, offering)).rejects.toThrow(OfferingNotFoundError);
    expect(await findOffering(kind, offering.id)).toBeNull();
  });

  it('is the only one of its name, when several are made at once', async () => {
    const profile = await storedProfile(kind);
    const name = randomUUID();
    const both = await Promise.allSettled(
      [1, 2].map(() => createOffering(kind, newOffering(kind, profile.id, { name }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: expect.any(OfferingNameTakenError),
    });
  });

  it('keeps its profile from being removed or changed, and not from being renamed', async () => {
    const { id, profile_id } = await storedOffering(kind, { before: 1 });
    await expect(removeProfile(kind, profile_id)).rejects.toThrow(OfferingInUseError);
    await expect(changeProfile(kind, profile_id, { data: '{}' })).rejects.toThrow(OfferingInUseError);
    await changeProfile(kind, profile_id, { name: 'better' });
    expect(await getProfile(kind, profile_id)).toMatchObject({ name: 'better', data: '{"before":1}' });
    await removeOffering(kind, id);
    await changeProfile(kind, profile_id, { data: '{}' });
    await removeProfile(kind, profile_id);
    expect(await findProfile(kind, profile_id)).toBeNull();
  });

  it('is held by a load balancer until that is deleted, and not longer', async () => {
    const { id } = await storedOffering(kind);
    const loadBalancer = await storedLoadBalancer(() => [], choosing(id));
    await expect(removeOffering(kind, id)).rejects.toThrow(`${id} is in use and cannot be modified.`);
    const deletion = await commitLoadBalancerOperation(
      loadBalancer.id,
      { flow: 'delete-load-balancer', requester },
      { allowed: ['ACTIVE'], to: 'PENDING_DELETE' },
    );
    await expect(removeOffering(kind, id)).rejects.toThrow(OfferingInUseError);
    await deleted(deletion);
    // The answer was lost: once is counted once.
    await deleted(deletion);
    const another = await storedLoadBalancer(() => [], choosing(id));
    await expect(removeOffering(kind, id)).rejects.toThrow(OfferingInUseError);
    expect(await findLoadBalancer(another.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('is gone for good once no load balancer has it, though a deleted one still names it', async () => {
    const { id } = await storedOffering(kind);
    const loadBalancer = choosing(id);
    const creation = await commitNewLoadBalancer(loadBalancer, createRequest);
    await deleted(creation);
    await removeOffering(kind, id);
    expect(await findOffering(kind, id)).toBeNull();
    expect(await findLoadBalancer(loadBalancer.id)).toMatchObject({ provisioning_status: 'DELETED' });
    await expect(removeOffering(kind, id)).rejects.toThrow(OfferingNotFoundError);
  });

  it.each(['disabled', 'missing'])('that is %s is not chosen, and nothing is written', async (state) => {
    const { id } = await storedOffering(kind, {}, { enabled: state !== 'disabled' });
    if (state === 'missing') await removeOffering(kind, id);
    const loadBalancer = choosing(id);
    await expect(commitNewLoadBalancer(loadBalancer, createRequest)).rejects.toThrow(InvalidArgumentError);
    expect(await findLoadBalancer(loadBalancer.id)).toBeNull();
    if (state === 'disabled') await removeOffering(kind, id);
  });

  it('is either removed or chosen when both are tried at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { id } = await storedOffering(kind);
        const loadBalancer = choosing(id);
        const [removed, chosen] = await Promise.allSettled([
          removeOffering(kind, id),
          commitNewLoadBalancer(loadBalancer, createRequest),
        ]);
        expect((await findOffering(kind, id)) === null).toBe(removed.status === 'fulfilled');
        expect((await findLoadBalancer(loadBalancer.id)) === null).toBe(chosen.status === 'rejected');
        return removed.status === chosen.status;
      }),
    );
    expect(outcomes).toEqual(Array(8).fill(false));
  });

  it('is chosen by many at once, and counted each time', async () => {
    const { id } = await storedOffering(kind);
    const operations = await Promise.all(
      Array.from({ length: 12 }, () => commitNewLoadBalancer(choosing(id), createRequest)),
    );
    const [last, ...others] = operations;
    await Promise.all(others.map(deleted));
    await expect(removeOffering(kind, id)).rejects.toThrow(OfferingInUseError);
    if (last !== undefined) await deleted(last);
    await removeOffering(kind, id);
  });
});

describe('the name of a flavor', () => {
  it('is free again when the flavor is renamed or removed', async () => {
    const [one, other] = [await storedOffering('flavor'), await storedOffering('flavor')];
    await expect(changeOffering('flavor', other.id, { name: one.name })).rejects.toThrow(OfferingNameTakenError);
    await changeOffering('flavor', one.id, { name: `${one.name}-old`, description: 'was', enabled: false });
    expect(await findOffering('flavor', one.id)).toMatchObject({
      name: `${one.name}-old`,
      description: 'was',
      enabled: false,
    });
    await changeOffering('flavor', other.id, { name: one.name });
    await removeOffering('flavor', other.id);
    await storedOffering('flavor', {}, { name: one.name });
  });

  it('stays when it is set to itself', async () => {
    const { id, name } = await storedOffering('flavor');
    await changeOffering('flavor', id, { name });
    await expect(storedOffering('flavor', {}, { name })).rejects.toThrow(OfferingNameTakenError);
  });

  it('belongs to one when two flavors want it at once', async () => {
    const flavors = [await storedOffering('flavor'), await storedOffering('flavor')];
    const name = randomUUID();
    const both = await Promise.allSettled(flavors.map(({ id }) => changeOffering('flavor', id, { name })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
