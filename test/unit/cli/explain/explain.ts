import type { Operation, Step } from '../../../../cli/api/shapes.ts';
import type { Found } from '../../../../cli/explain/find-object.ts';

export const operation = (changes: Partial<Operation> = {}): Operation => ({
  id: 'o1',
  flow: 'apply-changes',
  loadbalancer_id: 'lb',
  status: 'SUCCEEDED',
  created_at: '2026-11-30T12:00:00.000Z',
  ended_at: '2026-11-30T12:00:05.000Z',
  failed_step: null,
  error_name: null,
  error_message: null,
  error_objects: [],
  requester: { user_id: 'u', request_id: null },
  steps: [],
  ...changes,
});

export const step = (changes: Partial<Step> = {}): Step => ({
  name: 'ListenersUpdate',
  outcome: 'succeeded',
  attempts: 1,
  started_at: '2026-11-30T12:00:00.000Z',
  ended_at: '2026-11-30T12:00:01.000Z',
  duration_ms: 1_000,
  error_name: null,
  ...changes,
});

export const loadBalancer = (provisioning_status: string, operating_status = 'ONLINE'): Found => ({
  kind: 'load balancer',
  object: { id: 'lb', provisioning_status, operating_status },
});

export const listener = (id: string, provisioning_status: string): Found => ({
  kind: 'listener',
  object: { id, provisioning_status, operating_status: 'ONLINE' },
});
