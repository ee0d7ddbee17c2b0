import { randomUUID } from 'node:crypto';
import { differs, type WantedMember } from '../../../lib/changes/member-batch.ts';
import { DuplicateMemberError } from '../../../lib/errors/conflict.ts';
import type { Member } from '../../../lib/models/objects/pool.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { readPoolMembers } from '../../../lib/repositories/objects/trees.ts';
import { socketOf } from '../../../lib/tools/addresses.ts';
import { validationFailure } from '../answers/refusals.ts';
import { namedParentInPath } from '../children/requested.ts';
import { changeBelow } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { checkFamiliesIn, checkMemberOptions, checkMemberPlaces } from '../members/check.ts';
import { batchFields, draftMember, MEMBER, type MemberFields } from '../members/definition.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { lenientFlag } from '../request/query.ts';
import { type ApiHandler, requesterOf } from '../request/request.ts';
import { isMonitored } from './members.ts';

/** A member of the batch, beside the one that has its address and port now. */
interface Named extends WantedMember {
  readonly fields: MemberFields;
  readonly present: Member | undefined;
}

const DECIDED_BY_THE_WORKER: ReadonlySet<ProvisioningStatus> = new Set([
  ProvisioningStatus.ERROR,
  ProvisioningStatus.PENDING_DELETE,
]);

const refuseRepetition = (members: readonly Named[]): void => {
  const named = new Set<string>();
  for (const { member, present } of members) {
    const socket = socketOf(member);
    if (named.has(socket) && present !== undefined) {
      throw validationFailure('Member must be updated only once in the same request.');
    }
    if (named.has(socket)) throw new DuplicateMemberError(member.ip_address, member.protocol_port);
    named.add(socket);
  }
};

/** True when the pool is as wanted already: then there is nothing to lock. */
const isAsWanted = (present: readonly Member[], wanted: readonly Named[], additiveOnly: boolean): boolean => {
  if (!additiveOnly && present.length !== wanted.length) return false;
  return wanted.every(
    ({ present: found, updates }) =>
      found !== undefined &&
      found.provisioning_status !== ProvisioningStatus.PENDING_DELETE &&
      !differs(found, updates),
  );
};

/** What the batch asks for that is not there yet: new members, and members that move to another subnet. */
const placesOf = (wanted: readonly Named[]) =>
  wanted.map(({ member, present, updates: { subnet_id = null } }) => {
    if (present === undefined) return member;
    const isMoved = subnet_id !== present.subnet_id;
    return {
      ip_address: present.ip_address,
      monitor_address: member.monitor_address,
      subnet_id: isMoved ? subnet_id : null,
    };
  });

/** PUT /lbaas/pools/{pool_id}/members, with `?additive_only=true` when members that are not named stay. */
export const updatesMembers =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { settings, networkSeenBy, changes } = dependencies;
    const wrapping = { argument: 'members_', wrapper: 'members', fields: batchFields };
    const members = parseResource(request.body, wrapping);
    const additiveOnly = lenientFlag(request.query, 'additive_only');
    const pool = await namedParentInPath(request, 'pool', 'pool_id');
    const { project_id, load_balancer_id } = pool;
    const [monitored, { members: present }] = await Promise.all([
      isMonitored(pool),
      readPoolMembers(load_balancer_id, pool.id),
    ]);
    const bySocket = new Map(present.map((member) => [socketOf(member), member]));
    const wanted = members.map((fields): Named => {
      const place = { id: randomUUID(), project_id, load_balancer_id, pool_id: pool.id, monitored };
      const member = draftMember(place, fields);
      return { fields, member, updates: MEMBER.batchUpdates(fields, null), present: bySocket.get(socketOf(member)) };
    });
    refuseRepetition(wanted);
    const fresh = wanted.filter((one) => one.present === undefined);
    for (const { fields } of fresh) checkMemberOptions(fields);
    await checkMemberPlaces(placesOf(wanted), { network: networkSeenBy(request.caller), settings: settings() });
    await checkFamiliesIn(
      pool,
      fresh.map(({ member }) => member),
    );
    if (isAsWanted(present, wanted, additiveOnly)) {
      const { provisioning_status } = await getLoadBalancer(load_balancer_id);
      // Any change applies a member in ERROR again. A member that is being deleted refuses changes.
      if (!DECIDED_BY_THE_WORKER.has(provisioning_status)) return { status: 202 };
    }
    const worker = changes(requesterOf(request));
    const update = () => worker.batchUpdateMembers(pool.id, wanted, { additiveOnly });
    return { status: 202, headers: operationHeader(await changeBelow(load_balancer_id, update)) };
  };
