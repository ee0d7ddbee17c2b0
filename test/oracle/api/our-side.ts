import { BatchWriteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { ApiDependencies } from '../../../functions/api/request/dependencies.ts';
import { handler as beginRollback } from '../../../functions/database/begin-rollback.ts';
import { handler as markChangesErrorInDB } from '../../../functions/database/mark-changes-error-in-db.ts';
import { handler as markLBActiveInDB } from '../../../functions/database/mark-lb-active-in-db.ts';
import { handler as markLBDeletedInDB } from '../../../functions/database/mark-lb-deleted-in-db.ts';
import { handler as markLBErrorInDB } from '../../../functions/database/mark-lb-error-in-db.ts';
import { handler as settleChanges } from '../../../functions/database/settle-changes.ts';
import { ControllerWorker } from '../../../lib/controller-worker.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { getOperation } from '../../../lib/repositories/operations/operations.ts';
import { documents, tableName } from '../../../lib/repositories/table/client.ts';
import { tlsReferenceChecks } from '../../../lib/tls/check-tls-references.ts';
import { type OperationHandle, operationHandle } from '../../../lib/worker/operation-handle.ts';
import { useTable } from '../../helpers/table.ts';
import { testApi } from '../../unit/functions/api/support/api.ts';
import { flowOf } from '../../unit/lib/repositories/support/stored.ts';
import { invoke } from '../../unit/lib/task/support/invoke.ts';
import { keyManager } from './key-manager.ts';
import { network } from './network.ts';
import type { Side } from './side.ts';
import { CHOICES, IDENTITIES, type Identity } from './world.ts';

/** What one BatchWriteItem takes. */
const AT_ONCE = 25;

/** Commits as deployed, and leaves the flow to `settle`. */
class Committing extends ControllerWorker {
  protected override async start(operation: Operation): Promise<OperationHandle> {
    return operationHandle(operation);
  }
}

const cloudChoices: ApiDependencies['cloudChoices'] = async () => ({
  flavorExists: async (id) => CHOICES.flavors.some((one) => one === id),
  imageExists: async (tag) => CHOICES.images.some((one) => one === tag),
  listAvailabilityZones: async () => CHOICES.zones,
});

/**
 * A clock of which every request is a second later than the one before: no list's order is left to the ids. It is set back for each
 * sequence: once it differs from the server's by over five minutes, AWS's SDK treats every error as a clock error, and retries it.
 */
const startClock = () => {
  let ahead = 0;
  globalThis.Date = new Proxy(Date, {
    construct: (real, given) => Reflect.construct(real, given.length === 0 ? [real.now() + ahead] : given),
    get: (real, name) => (name === 'now' ? () => real.now() + ahead : Reflect.get(real, name)),
  });
  return {
    nextSecond: () => {
      ahead += 1000;
    },
    setBack: () => {
      ahead = 0;
    },
  };
};

/** Empties the table. */
const clear = async (): Promise<void> => {
  const { Items = [] } = await documents().send(
    new ScanCommand({ TableName: tableName(), ProjectionExpression: 'pk, sk', ConsistentRead: true }),
  );
  for (let from = 0; from < Items.length; from += AT_ONCE) {
    const deletes = Items.slice(from, from + AT_ONCE).map((Key) => ({ DeleteRequest: { Key } }));
    await documents().send(new BatchWriteCommand({ RequestItems: { [tableName()]: deletes } }));
  }
  if (Items.length > 0) await clear();
};

const succeed = async (operation: Operation, loadbalancer_id: string): Promise<void> => {
  const input = { ...flowOf(operation), loadbalancer_id };
  switch (operation.flow) {
    case 'delete-load-balancer':
      await invoke(markLBDeletedInDB, input);
      return;
    case 'apply-changes': {
      const { generation } = await getLoadBalancer(loadbalancer_id);
      await invoke(settleChanges, { ...input, prepared: { generation }, followed: { pushes: [] } });
      return;
    }
    default:
      await invoke(markLBActiveInDB, { ...input, pushes: [], rules_first: false });
  }
};

const fail = async (operation: Operation, loadbalancer_id: string): Promise<void> => {
  const input = { ...flowOf(operation), loadbalancer_id };
  const { fence } = await invoke(beginRollback, { ...input, error: { Error: 'OracleError', Cause: 'as asked' } });
  const end = operation.flow === 'apply-changes' ? markChangesErrorInDB : markLBErrorInDB;
  await invoke(end, { ...input, fence: Number(fence) });
};

/** The deployed API over an embedded table; the ends of its flows are those of the worker's own tasks. */
export const startOurs = async (): Promise<Side> => {
  Object.assign(process.env, { STRICT_IMMUTABLE: 'true', STATE_MACHINE_ARN_PREFIX: 'arn:oracle:' });
  await useTable();
  const worker = (requester: ConstructorParameters<typeof ControllerWorker>[0]) => new Committing(requester);
  const cloud = network();
  const tlsReferences = async () => tlsReferenceChecks(() => keyManager);
  const dependencies = { worker, changes: worker, repairs: worker, cloudChoices, tlsReferences };
  const networks = { network: () => cloud, networkSeenBy: () => cloud };
  const api = testApi({ ...dependencies, ...networks, checked: false });
  const tokens = new Map(
    Object.entries(IDENTITIES).map(([name, one]) => [name, one && api.tokenFor(one.project, ...one.roles)]),
  );
  const running: string[] = [];
  const clock = startClock();
  return {
    reset: async () => {
      running.length = 0;
      clock.setBack();
      cloud.reset();
      await clear();
    },
    async ask({ method, path, query, as, body, headers }) {
      clock.nextSecond();
      const answer = await api.call(query === '' ? path : `${path}?${query}`, {
        method,
        token: tokens.get(as satisfies Identity) ?? null,
        headers,
        ...(body === '' ? {} : { rawBody: body }),
      });
      const operationId = answer.headers['x-operation-id'];
      if (typeof operationId === 'string') running.push(operationId);
      const isEmpty = Object.keys(answer.body).length === 0;
      return { status: answer.status, body: isEmpty ? null : answer.body };
    },
    async settle(failed) {
      // What could not be applied is the last request's.
      const failing = failed === null ? undefined : running.at(-1);
      for (const id of running.splice(0)) {
        const operation = await getOperation(id);
        const end = id === failing ? fail : succeed;
        if (operation.ended_at === null) await end(operation, operation.loadbalancer_id ?? '');
      }
    },
    // The table is the process's: a further run has the same one.
    stop: async () => {},
  };
};
