import { expect, it } from 'vitest';
import { eventOf } from '../../../../cli/api/event-stream.ts';

const transition = {
  object_type: 'load_balancer',
  object_id: 'a',
  loadbalancer_id: 'a',
  project_id: 'p',
  field: 'provisioning_status',
  before: null,
  after: 'PENDING_CREATE',
  operation_id: 'o',
  time: '2026-11-30T12:00:00.000Z',
  reason: { cause: 'operation', flow: 'create-load-balancer', error_name: null },
};

it('an event has its id and its transition, and a comment is none', () => {
  const block = `id: 17\nevent: transition\ndata: ${JSON.stringify({ ...transition, more: 1 })}`;
  expect(eventOf(block)).toEqual({ id: '17', transition });
  expect(eventOf(': ')).toBeNull();
});

it.each([
  'data: no JSON',
  'data: {"object_type": "x"}',
  `data: ${JSON.stringify({ ...transition, after: 'x'.repeat(501) })}`,
])('an event that is none is an error: %s', (block) => {
  expect(() => eventOf(block)).toThrow('an event that this command line does not know');
});
