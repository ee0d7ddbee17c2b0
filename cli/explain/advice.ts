import type { Operation } from '../api/shapes.ts';
import { hasFailed, isUnderWay } from './choose-operation.ts';
import type { Found } from './find-object.ts';
import { remedyFor } from './remedies.ts';

export const ERRORS_PAGE = 'docs/operations.md#errors';
export const TROUBLE_PAGE = 'docs/operations.md#troubleshooting';

/** What an operator does after a failure of that flow, once its reason is gone; `$LB` is the load balancer. */
const AFTERWARDS: Readonly<Record<string, string>> = {
  'create-load-balancer':
    'openstack loadbalancer delete --cascade $LB, then create it again: what it made is gone already',
  'delete-load-balancer':
    'openstack loadbalancer delete --cascade $LB again: each step takes what is gone for a success',
  'update-load-balancer':
    'change anything of it (openstack loadbalancer set --name ...), or deploy-worker failover $LB',
  'restore-load-balancer': 'deploy-worker failover $LB',
  'apply-changes': 'change or delete the object that was refused: that applies everything again',
  'failover-load-balancer': 'deploy-worker failover $LB',
  'failover-amphora': 'deploy-worker failover $LB',
  'create-amphora': 'nothing: the next round of KeepSpares builds another spare',
  'delete-amphora': 'delete the amphora again',
  'rotate-amphora-certificate':
    'nothing now: the next round tries again; an expired certificate takes deploy-worker failover $LB',
  'update-amphora-agent-config': 'nothing now: the next round tries again; see AgentConfigsAlarm in docs/runbook.md',
};

const forFailed = (operation: Operation): readonly string[] => {
  // A tenant may do none of this: what they can do is in the reason.
  if (operation.requester === undefined) return [];
  const remedy = operation.error_name === null ? null : remedyFor(operation.error_name);
  const first = remedy === null || remedy.helps === '–' ? [] : [`look at: ${remedy.helps}`];
  const then = AFTERWARDS[operation.flow]?.replaceAll('$LB', operation.loadbalancer_id ?? '<load balancer>');
  return [...first, ...(then === undefined ? [] : [`then: ${then}`])];
};

const forRunning = ({ id, status, queue }: Operation): readonly string[] => {
  const watch = `deploy-worker operations watch ${id}`;
  if (queue) return [`wait: place ${queue.position} in the queue for the limit "${queue.limit}"`, watch];
  if (status === 'COMMITTED') return ['wait: it is started within about a minute', watch];
  return [watch, `if a step hangs: deploy-worker operations retry --force ${id}`];
};

/** What to do next, in order. */
export const adviceFor = (found: Found, operation: Operation | null): readonly string[] => {
  if (operation !== null && isUnderWay(operation)) return forRunning(operation);
  const carried = operation?.status === 'SUPERSEDED' && operation.carried_by;
  if (carried) return [`look at the operation that carries it on: deploy-worker why ${carried}`];
  const broken =
    found.kind === 'operation' ||
    (found.kind === 'amphora' ? found.object.status : found.object.provisioning_status) === 'ERROR';
  if (operation !== null && broken && hasFailed(operation)) return forFailed(operation);
  if (found.kind === 'operation' || !broken) return [];
  return [`no failed operation is recorded any more: deploy-worker failover, or see ${TROUBLE_PAGE}`];
};
