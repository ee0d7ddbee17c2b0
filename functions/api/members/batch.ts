import { randomUUID } from 'node:crypto';
import type { WantedMember } from '../../../lib/changes/member-batch.ts';
import type { Member } from '../../../lib/models/pool.ts';
import { readPoolMembers } from '../../../lib/repositories/trees.ts';
import { changeBelow } from '../children/change.ts';
import { requestedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { booleanOfWord } from '../fields/fields.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { validationFailure } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { batchFields, type MemberFields } from './body.ts';
import { checkMemberOptions, checkMemberPlaces } from './check.ts';
import { draftMember, memberUpdates } from './draft.ts';
import { isMonitored } from './monitored.ts';

const addressOf = ({ ip_address, protocol_port }: Member): string => `${ip_address} ${protocol_port}`;

const refuseRepetition = (members: readonly MemberFields[]): void => {
  const named = new Set(members.map(({ address, protocol_port }) => `${address} ${protocol_port}`));
  if (named.size < members.length) {
    throw validationFailure('Member must be updated only once in the same request.');
  }
};

/** True when the pool is as wanted already: then there is nothing to lock. */
const isAsWanted = (present: readonly Member[], wanted: readonly WantedMember[], additiveOnly: boolean): boolean => {
  if (!additiveOnly && present.length !== wanted.length) return false;
  const byAddress = new Map(present.map((member) => [addressOf(member), member]));
  return wanted.every(({ member, updates }) => {
    const found = byAddress.get(addressOf(member));
    if (found === undefined || found.provisioning_status === 'PENDING_DELETE') return false;
    const now = new Map<string, unknown>(Object.entries(found));
    return Object.entries(updates).every(([field, value]) => JSON.stringify(now.get(field)) === JSON.stringify(value));
  });
};

/** PUT /lbaas/pools/{pool_id}/members, with `?additive_only=true` when members that are not named stay. */
export const updatesMembers =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { settings, networkSeenBy, changes } = dependencies;
    const wrapping = { argument: 'members', wrapper: 'members', fields: batchFields };
    const members = parseResource(request.body, wrapping);
    const additiveOnly = booleanOfWord(request.query.get('additive_only') ?? '') ?? false;
    const pool = await requestedChild(request, 'pool', 'pool_id');
    refuseRepetition(members);
    for (const fields of members) checkMemberOptions(fields);
    const [monitored, { members: present }] = await Promise.all([
      isMonitored(pool),
      readPoolMembers(pool.load_balancer_id, pool.id),
    ]);
    const { project_id, load_balancer_id } = pool;
    const wanted = members.map((fields) => {
      const place = { id: randomUUID(), project_id, load_balancer_id, pool_id: pool.id, monitored };
      return { member: draftMember(place, fields), updates: memberUpdates(fields) };
    });
    const drafted = wanted.map(({ member }) => member);
    await checkMemberPlaces(drafted, { network: networkSeenBy(request.caller), settings: settings() });
    if (isAsWanted(present, wanted, additiveOnly)) return { status: 202 };
    const worker = changes(requesterOf(request));
    const update = () => worker.batchUpdateMembers(pool.id, wanted, { additiveOnly });
    return { status: 202, headers: operationHeader(await changeBelow(load_balancer_id, update)) };
  };
