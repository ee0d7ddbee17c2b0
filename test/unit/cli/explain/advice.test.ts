import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../../../cli/explain/advice.ts';
import { loadBalancer, operation } from './explain.ts';

const failed = { status: 'FAILED', error_name: 'ComputeBuildError', flow: 'create-load-balancer' };

describe('the advice', () => {
  it('for a failed operation is what the page says of its error, and then what its flow takes', () => {
    expect(adviceFor(loadBalancer('ERROR'), operation(failed))).toEqual([
      'look at: quota, hosts, flavor; then delete and create again',
      expect.stringContaining('openstack loadbalancer delete --cascade lb'),
    ]);
  });

  it('for tenants is in the reason alone', () => {
    const { requester: _hidden, ...tenants } = operation(failed);
    expect(adviceFor(loadBalancer('ERROR'), tenants)).toEqual([]);
  });

  it('for a queued operation is its place', () => {
    const queued = operation({ status: 'COMMITTED', queue: { limit: 'builds', position: 3 } });
    expect(adviceFor(loadBalancer('PENDING_CREATE'), queued)).toEqual([
      'wait: place 3 in the queue for the limit "builds"',
      'deploy-worker operations watch o1',
    ]);
    expect(adviceFor(loadBalancer('PENDING_UPDATE'), operation({ status: 'RUNNING' }))[1]).toContain(
      'retry --force o1',
    );
  });

  it('for a superseded operation leads to the one that carries it', () => {
    const superseded = operation({ status: 'SUPERSEDED', error_name: 'ExecutionLost', carried_by: 'o2' });
    expect(adviceFor({ kind: 'operation', operation: superseded }, superseded)[0]).toContain('deploy-worker why o2');
  });

  it('is empty for an ACTIVE object, and a failover for an ERROR without a record', () => {
    expect(adviceFor(loadBalancer('ACTIVE'), operation())).toEqual([]);
    expect(adviceFor(loadBalancer('ERROR'), null)[0]).toContain('deploy-worker failover');
  });
});
