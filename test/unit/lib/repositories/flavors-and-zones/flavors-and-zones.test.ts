import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { handler as markLBDeletedInDB } from '../../../../../functions/database/mark-lb-deleted-in-db.ts';
import { FlavorOrZoneInUseError, FlavorOrZoneNameTakenError } from '../../../../../lib/errors/conflict.ts';
import { InvalidArgumentError } from '../../../../../lib/errors/flow.ts';
import { FlavorOrZoneNotFoundError } from '../../../../../lib/errors/not-found.ts';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';
import {
  changeFlavorOrZone,
  createFlavorOrZone,
  findFlavorOrZone,
  listFlavorsOrZones,
  removeFlavorOrZone,
} from '../../../../../lib/repositories/flavors-and-zones/flavors-and-zones.ts';
import {
  changeProfile,
  findProfile,
  getProfile,
  removeProfile,
} from '../../../../../lib/repositories/flavors-and-zones/profiles.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { findLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { newLoadBalancer, requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { invoke } from '../../task/support/invoke.ts';
import { newFlavorOrZone, storedFlavorOrZone, storedProfile } from '../support/flavors-and-zones.ts';
import { createRequest, flowOf, storedLoadBalancer } from '../support/stored.ts';

beforeAll(useTable);

const deleted = (operation: Operation) =>
  invoke(markLBDeletedInDB, { ...flowOf(operation), loadbalancer_id: String(operation.loadbalancer_id) });

const KINDS = ['flavor', 'availability_zone'] as const;

describe.each(KINDS)('a %s', (kind) => {
  const choosing = (id: string) => newLoadBalancer(kind === 'flavor' ? { flavor_id: id } : { availability_zone: id });

  it('is found and listed as it was created', async () => {
    const flavorOrZone = await storedFlavorOrZone(kind, {}, { description: 'fast' });
    expect(await findFlavorOrZone(kind, flavorOrZone.id)).toMatchObject(flavorOrZone);
    expect(await listFlavorsOrZones(kind)).toEqual(expect.arrayContaining([expect.objectContaining(flavorOrZone)]));
  });

  it('is not created without its profile', async () => {
    const flavorOrZone = newFlavorOrZone(kind, randomUUID());
    await expect(createFlavorOrZone(kind, flavorOrZone)).rejects.toThrow(FlavorOrZoneNotFoundError);
    expect(await findFlavorOrZone(kind, flavorOrZone.id)).toBeNull();
  });

  it('is the only one of its name, when several are made at once', async () => {
    const profile = await storedProfile(kind);
    const name = randomUUID();
    const both = await Promise.allSettled(
      [1, 2].map(() => createFlavorOrZone(kind, newFlavorOrZone(kind, profile.id, { name }))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: expect.any(FlavorOrZoneNameTakenError),
    });
  });

  it('keeps its profile from being removed or changed, and not from being renamed', async () => {
    const { id, profile_id } = await storedFlavorOrZone(kind, { before: 1 });
    await expect(removeProfile(kind, profile_id)).rejects.toThrow(FlavorOrZoneInUseError);
    await expect(changeProfile(kind, profile_id, { data: '{}' })).rejects.toThrow(FlavorOrZoneInUseError);
    await changeProfile(kind, profile_id, { name: 'better' });
    expect(await getProfile(kind, profile_id)).toMatchObject({ name: 'better', data: '{"before":1}' });
    await removeFlavorOrZone(kind, id);
    await changeProfile(kind, profile_id, { data: '{}' });
    await removeProfile(kind, profile_id);
    expect(await findProfile(kind, profile_id)).toBeNull();
  });

  it('is held by a load balancer until that is deleted, and not longer', async () => {
    const { id } = await storedFlavorOrZone(kind);
    const loadBalancer = await storedLoadBalancer(() => [], choosing(id));
    await expect(removeFlavorOrZone(kind, id)).rejects.toThrow(`${id} is in use and cannot be modified.`);
    const deletion = await commitLoadBalancerOperation(
      loadBalancer.id,
      { flow: 'delete-load-balancer', requester },
      { allowed: ['ACTIVE'], to: 'PENDING_DELETE' },
    );
    await expect(removeFlavorOrZone(kind, id)).rejects.toThrow(FlavorOrZoneInUseError);
    await deleted(deletion);
    // The answer was lost: once is counted once.
    await deleted(deletion);
    const another = await storedLoadBalancer(() => [], choosing(id));
    await expect(removeFlavorOrZone(kind, id)).rejects.toThrow(FlavorOrZoneInUseError);
    expect(await findLoadBalancer(another.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  });

  it('is gone for good once no load balancer has it, though a deleted one still names it', async () => {
    const { id } = await storedFlavorOrZone(kind);
    const loadBalancer = choosing(id);
    const creation = await commitNewLoadBalancer(loadBalancer, createRequest);
    await deleted(creation);
    await removeFlavorOrZone(kind, id);
    expect(await findFlavorOrZone(kind, id)).toBeNull();
    expect(await findLoadBalancer(loadBalancer.id)).toMatchObject({ provisioning_status: 'DELETED' });
    await expect(removeFlavorOrZone(kind, id)).rejects.toThrow(FlavorOrZoneNotFoundError);
  });

  it.each(['disabled', 'missing'])('that is %s is not chosen, and nothing is written', async (state) => {
    const { id } = await storedFlavorOrZone(kind, {}, { enabled: state !== 'disabled' });
    if (state === 'missing') await removeFlavorOrZone(kind, id);
    const loadBalancer = choosing(id);
    await expect(commitNewLoadBalancer(loadBalancer, createRequest)).rejects.toThrow(InvalidArgumentError);
    expect(await findLoadBalancer(loadBalancer.id)).toBeNull();
    if (state === 'disabled') await removeFlavorOrZone(kind, id);
  });

  it('is either removed or chosen when both are tried at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const { id } = await storedFlavorOrZone(kind);
        const loadBalancer = choosing(id);
        const [removed, chosen] = await Promise.allSettled([
          removeFlavorOrZone(kind, id),
          commitNewLoadBalancer(loadBalancer, createRequest),
        ]);
        expect((await findFlavorOrZone(kind, id)) === null).toBe(removed.status === 'fulfilled');
        expect((await findLoadBalancer(loadBalancer.id)) === null).toBe(chosen.status === 'rejected');
        return removed.status === chosen.status;
      }),
    );
    expect(outcomes).toEqual(Array(8).fill(false));
  });

  it('is chosen by many at once, and counted each time', async () => {
    const { id } = await storedFlavorOrZone(kind);
    const operations = await Promise.all(
      Array.from({ length: 12 }, () => commitNewLoadBalancer(choosing(id), createRequest)),
    );
    const [last, ...others] = operations;
    await Promise.all(others.map(deleted));
    await expect(removeFlavorOrZone(kind, id)).rejects.toThrow(FlavorOrZoneInUseError);
    if (last !== undefined) await deleted(last);
    await removeFlavorOrZone(kind, id);
  });
});

describe('the name of a flavor', () => {
  it('is free again when the flavor is renamed or removed', async () => {
    const [one, other] = [await storedFlavorOrZone('flavor'), await storedFlavorOrZone('flavor')];
    await expect(changeFlavorOrZone('flavor', other.id, { name: one.name })).rejects.toThrow(
      FlavorOrZoneNameTakenError,
    );
    await changeFlavorOrZone('flavor', one.id, { name: `${one.name}-old`, description: 'was', enabled: false });
    expect(await findFlavorOrZone('flavor', one.id)).toMatchObject({
      name: `${one.name}-old`,
      description: 'was',
      enabled: false,
    });
    await changeFlavorOrZone('flavor', other.id, { name: one.name });
    await removeFlavorOrZone('flavor', other.id);
    await storedFlavorOrZone('flavor', {}, { name: one.name });
  });

  it('stays when it is set to itself', async () => {
    const { id, name } = await storedFlavorOrZone('flavor');
    await changeFlavorOrZone('flavor', id, { name });
    await expect(storedFlavorOrZone('flavor', {}, { name })).rejects.toThrow(FlavorOrZoneNameTakenError);
  });

  it('belongs to one when two flavors want it at once', async () => {
    const flavors = [await storedFlavorOrZone('flavor'), await storedFlavorOrZone('flavor')];
    const name = randomUUID();
    const both = await Promise.allSettled(flavors.map(({ id }) => changeFlavorOrZone('flavor', id, { name })));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
