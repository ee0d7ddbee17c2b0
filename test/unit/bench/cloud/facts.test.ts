import { expect, test } from 'vitest';
import { benchFacts } from '../../../../bench/cloud/facts.ts';

const GIVEN = { OS_CLIENT_CONFIG_FILE: '/etc/clouds.yaml', CLOUD_STATE: '/nonexistent' };

test('another cloud is used with what the environment says of it', () => {
  expect(benchFacts({ ...GIVEN, VIP_SUBNET: 'v', MEMBER_SUBNET: 'm' })).toEqual({
    cloudsFile: '/etc/clouds.yaml',
    subnets: { vip: 'v', member: 'm' },
  });
});

test('what is missing is named', () => {
  expect(() => benchFacts({ ...GIVEN, VIP_SUBNET: 'v' })).toThrow('MEMBER_SUBNET is not set');
});
