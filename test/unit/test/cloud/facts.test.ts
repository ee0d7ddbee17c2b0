import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeFacts } from '../../../cloud/facts.ts';

const IDS = [
  'AMP_FLAVOR_ID=f',
  'LB_MGMT_NET=mn',
  'LB_MGMT_SEC_GRP=sg',
  'VIP_SUBNET=vs',
  'MEMBER_SUBNET=ms',
  'VIP_SUBNET_IPV6=v6',
  '',
];

describe('the facts of the cloud tests', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cloud-state-'));
    writeFileSync(join(folder, 'networks.env'), IDS.join('\n'));
    writeFileSync(join(folder, 'clouds.yaml'), 'clouds: {}\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('come from the state folder of the recipe when nothing is set', () => {
    const { environment, missing, taken } = completeFacts({ CLOUD_STATE: folder });
    expect(missing).toEqual([]);
    expect(taken).toContain('TEST_VIP_SUBNET');
    expect(environment).toMatchObject({
      OS_CLOUD: 'octavia',
      TEST_VIP_SUBNET: 'vs',
      TEST_VIP_SUBNET_IPV6: 'v6',
      AMP_SECGROUP_LIST: 'sg',
    });
  });

  it('keep what the environment sets', () => {
    const { environment, taken } = completeFacts({ CLOUD_STATE: folder, AMP_FLAVOR_ID: 'mine' });
    expect(environment.AMP_FLAVOR_ID).toBe('mine');
    expect(taken).not.toContain('AMP_FLAVOR_ID');
  });

  it('take nothing from the recipe when another cloud is named', () => {
    const { missing, taken } = completeFacts({ CLOUD_STATE: folder, OS_CLIENT_CONFIG_FILE: '/etc/clouds.yaml' });
    expect(taken).toEqual([]);
    expect(missing).toContain('TEST_VIP_SUBNET');
    expect(missing).not.toContain('OS_CLIENT_CONFIG_FILE');
  });

  it('are missing by name when there is no cloud', () => {
    const { missing, taken } = completeFacts({ CLOUD_STATE: join(folder, 'nowhere') });
    expect(taken).toEqual([]);
    expect(missing).toContain('OS_CLOUD');
  });
});
