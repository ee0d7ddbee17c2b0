import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { RowRefusedError } from '../../errors/flow.ts';
import type { ExternalResource, ResourceOwner } from '../../models/external-resource.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { transactFenced } from '../operations/fence.ts';
import { documents, tableName } from '../table/client.ts';
import { setExpression } from '../table/expressions.ts';
import { type Key, RowType, Work } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';

/*
 * The ledger of what exists in the cloud because of us. A row is written before the resource is created and removed
 * after it was deleted, so that whatever dies in between leaves a row that says what to look for.
 */

const text = z.string().nullable();

export const resourceRow: z.ZodType<ExternalResource> = z.object({
  kind: z.enum(['port', 'server', 'security_group', 'server_group']),
  name: z.string(),
  resource_id: text,
  taken_back: z.array(z.string()).optional(),
  network_id: text,
  loadbalancer_id: text,
  amphora_id: text,
  created_at: z.string(),
});

/** Where an owner's rows are: with its load balancer, or with the spare amphora. */
const partition = (owner: ResourceOwner): string =>
  owner.loadbalancer_id === null ? `AMP#${owner.amphora_id}` : `LB#${owner.loadbalancer_id}`;

const resourceKey = (resource: Pick<ExternalResource, 'kind' | 'name'> & ResourceOwner): Key => ({
  pk: partition(resource),
  sk: `${RowType.EXTERNAL_RESOURCE}#${resource.kind}#${resource.name}`,
});

export type NewExternalResource = Omit<ExternalResource, 'resource_id' | 'taken_back' | 'created_at'>;

const putIntent = (resource: NewExternalResource, isOwned: boolean): TransactItem => {
  const createdAt = new Date().toISOString();
  const key = resourceKey(resource);
  const listing = { type_key: RowType.EXTERNAL_RESOURCE, sort_key: `${createdAt}#${key.pk}#${key.sk}` };
  // Its owner's own row leads housekeeping to it; where there is none yet, there may never be one.
  const work = isOwned ? {} : { work_key: Work.UNOWNED, work_at: createdAt };
  return {
    Put: {
      ...inTable(),
      Item: { ...resource, resource_id: null, created_at: createdAt, ...key, ...listing, ...work },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  };
};

/** A write that only a fence can refuse; a spare's own lock row may be the only fence there is. */
const write = async (flow: FlowInput | null, item: TransactItem): Promise<boolean> =>
  (flow === null ? await transact([item]) : await transactFenced(flow, [item])) === null;

/**
 * Announces a resource before it is created. 'known' means that another handler (a former attempt, perhaps) has
 * announced it before: look for it in the cloud by its name, and create it only when it is not there.
 * @param flow the fence to write under; null before there is a lock (the API's VIP port)
 * @throws OperationSuperseded
 */
export const recordIntent = async (flow: FlowInput | null, resource: NewExternalResource): Promise<'new' | 'known'> =>
  (await write(flow, putIntent(resource, flow !== null))) ? 'new' : 'known';

export type ResourceName = Pick<ExternalResource, 'kind' | 'name'> & ResourceOwner;

/** No handler has noted one that takes the place of the former. */
const UNDECIDED = 'resource_id IN (:none, :former)';

/**
 * Notes the id the cloud gave, as part of a transaction that writes more. Of two calls at once the first is noted, and the
 * other is refused, also with the same id: what it writes beside may be older than what the flow has written since.
 * @param former the id of the one that it stands in for, which is lost
 */
export const noteResourceId = (
  resource: ResourceName,
  resourceId: string,
  former: string | null = null,
): TransactItem => {
  const update = setExpression({ resource_id: resourceId });
  return {
    Update: {
      ...inTable(),
      Key: resourceKey(resource),
      ...update,
      ConditionExpression: `attribute_exists(pk) AND ${UNDECIDED} AND NOT contains(taken_back, :u_resource_id)`,
      ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':none': null, ':former': former },
    },
  };
};

/**
 * Decides that something that was made and could not be noted is to be deleted: from now on no handler can note it.
 * @param former as for `noteResourceId`
 * @returns false if another handler has found it by its name and noted it first
 */
export const takeBack = async (resource: ResourceName, resourceId: string, former: string | null): Promise<boolean> => {
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: resourceKey(resource),
        UpdateExpression: 'SET taken_back = list_append(if_not_exists(taken_back, :nothing), :it)',
        ConditionExpression: `attribute_exists(pk) AND ${UNDECIDED}`,
        ExpressionAttributeValues: { ':nothing': [], ':it': [resourceId], ':none': null, ':former': former },
      },
    },
  ]);
  return refusal?.found?.resource_id !== resourceId;
};

/**
 * Notes the id the cloud gave.
 * @param former as for `noteResourceId`
 * @throws OperationSuperseded
 * @throws RowRefusedError another one is noted
 */
export const recordResourceId = async (
  flow: FlowInput | null,
  resource: ResourceName,
  resourceId: string,
  former: string | null = null,
): Promise<void> => {
  const noted = await write(flow, noteResourceId(resource, resourceId, former));
  if (!noted && flow !== null) throw new RowRefusedError(flow.operation_id);
};

/** What is known of a resource, strongly consistent; null when it is not in the ledger. */
export const findResource = async (resource: ResourceName): Promise<ExternalResource | null> => {
  const row = await findRow(resourceKey(resource));
  return row === null ? null : resourceRow.parse(row);
};

/** The resource is gone from the cloud. @throws OperationSuperseded */
export const forgetResource = async (flow: FlowInput | null, resource: ResourceName): Promise<void> => {
  await write(flow, { Delete: { ...inTable(), Key: resourceKey(resource) } });
};

/** An amphora gets a load balancer: what is written of it moves there, as part of a transaction that moves its row. */
export const moveResource = (resource: ExternalResource, loadBalancerId: string): readonly TransactItem[] => {
  const moved = { ...resource, loadbalancer_id: loadBalancerId };
  const key = resourceKey(moved);
  const listing = { type_key: RowType.EXTERNAL_RESOURCE, sort_key: `${resource.created_at}#${key.pk}#${key.sk}` };
  return [
    { Delete: { ...inTable(), Key: resourceKey(resource), ConditionExpression: 'attribute_exists(pk)' } },
    { Put: { ...inTable(), Item: { ...moved, ...key, ...listing }, ConditionExpression: 'attribute_not_exists(pk)' } },
  ];
};

/** Everything of one owner: of the load balancer with all its amphorae, or of the one amphora when it is given. */
export const listResources = async (owner: ResourceOwner): Promise<readonly ExternalResource[]> => {
  const { Items } = await documents().send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :ext)',
      ExpressionAttributeValues: { ':pk': partition(owner), ':ext': `${RowType.EXTERNAL_RESOURCE}#` },
      ConsistentRead: true,
    }),
  );
  const all = (Items ?? []).map((row) => resourceRow.parse(row));
  return owner.amphora_id === null ? all : all.filter((resource) => resource.amphora_id === owner.amphora_id);
};
