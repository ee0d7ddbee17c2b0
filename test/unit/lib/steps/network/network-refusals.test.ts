import { describe, expect, it } from 'vitest';
import {
  AmphoraNotReadyError,
  AmphoraUnreachableError,
  CloudCredentialsError,
  CloudRequestError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
  PortPlugError,
  StillExistsError,
  VipAllocationError,
} from '../../../../../lib/errors/cloud.ts';
import { admitSubnets, findSubnets, isNetworkRefusal } from '../../../../../lib/steps/network/network-refusals.ts';
import { fakeNetwork } from '../../../functions/network/support.ts';

describe('a refusal of one network', () => {
  it.each([
    new CloudResourceNotFoundError('subnet', 's1'),
    new CloudResourceNotFoundError('network', 'n1'),
    new VipAllocationError('No more IP addresses available on network n1.'),
    new PortPlugError('no room'),
    new CloudRequestError('network POST /ports: 409 Quota exceeded', { status: 409 }),
  ])('is %s', (error) => expect(isNetworkRefusal(error)).toBe(true));

  it.each([
    new CloudUnavailableError('503'),
    new CloudCredentialsError('403'),
    new CloudResourceNotFoundError('server', 's'),
    new AmphoraUnreachableError('ETIMEDOUT'),
    new AmphoraNotReadyError('stopped'),
    new StillExistsError('port'),
    new TypeError('a defect'),
  ])('is not %s', (error) => expect(isNetworkRefusal(error)).toBe(false));
});

describe('subnets that are looked for', () => {
  it('are those that are there, and the others are refused', async () => {
    const network = fakeNetwork();
    network.lost.add('s2');
    const refused = new Map();
    const found = await findSubnets(network, ['s1', 's2'], 'vip', refused);
    expect([found.map(({ id }) => id), [...refused.keys()]]).toEqual([['s1'], ['s2']]);
  });

  it('cost one request each while all are there', async () => {
    const network = fakeNetwork();
    await findSubnets(network, ['s1', 's2'], 'vip', new Map());
    expect(network.calls).toEqual(['getSubnet s1', 'getSubnet s2']);
  });
});

describe('subnets that are asked for', () => {
  /** Takes everything but this, and remembers what it was asked. */
  const without = (bad: string) => {
    const asked: string[] = [];
    const attempt = async (ids: readonly string[]): Promise<string> => {
      asked.push(ids.join());
      if (ids.includes(bad)) throw new VipAllocationError(`none on ${bad}`);
      return ids.join();
    };
    return { asked, attempt };
  };

  it('are asked for once when all can be had', async () => {
    const { asked, attempt } = without('none');
    expect(await admitSubnets(['a', 'b'], attempt, new Map())).toBe('a,b');
    expect(asked).toEqual(['a,b']);
  });

  it('are had without the one that is refused', async () => {
    const { asked, attempt } = without('b');
    const refused = new Map();
    expect(await admitSubnets(['a', 'b', 'c'], attempt, refused)).toBe('a,c');
    expect(asked).toEqual(['a,b,c', 'a', 'a,b', 'a,c']);
    expect([...refused.keys()]).toEqual(['b']);
  });

  it('are not asked for again when there is only one', async () => {
    const { asked, attempt } = without('b');
    expect(await admitSubnets(['b'], attempt, new Map())).toBeNull();
    expect(asked).toEqual(['b']);
  });
});
