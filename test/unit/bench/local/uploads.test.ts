import { expect, test } from 'vitest';
import { countUploads } from '../../../../bench/local/uploads.ts';
import { faultRules } from '../../../../local/cloud/faults/rules.ts';

test('configurations that an agent is sent are counted, and nothing else', () => {
  const rules = faultRules();
  const uploads = countUploads({ add: rules.add, rules: rules.list });
  const ask = (method: string, path: string) => rules.take({ service: 'agent', method, path });
  expect(uploads()).toBe(0);
  ask('PUT', '/1.0/loadbalancer/an-amphora/a-load-balancer/haproxy');
  ask('PUT', '/1.0/loadbalancer/an-amphora/a-load-balancer/haproxy');
  ask('GET', '/1.0/loadbalancer/a-load-balancer/haproxy');
  ask('PUT', '/1.0/loadbalancer/a-load-balancer/reload');
  expect(uploads()).toBe(2);
});
