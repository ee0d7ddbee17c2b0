import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addSubnet } from '../../flows/support/subnets.ts';
import { unless } from '../../helpers/needs.ts';
import { useStack } from '../../helpers/stack.ts';
import { useFacts } from '../facts.ts';
import { addZone } from '../flavors-and-zones.ts';
import { preparedTools } from '../tools.ts';

const { gophercloud: tool } = preparedTools();

unless(tool.missing).describe('gophercloud', () => {
  const stack = useStack();

  useFacts(tool, async () => {
    const { cloud, cloudsFile } = stack();
    if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
    const { projects, vipCidr, vipNetworkId, vipSubnetId, memberSubnetId, qosPolicyId } = cloud.facts;
    const other = vipCidr.replace(/1\.0\/24$/, '3.');
    const addresses = { cidr: `${other}0/24`, start: `${other}10`, end: `${other}20` };
    const facts = {
      certificates: join(import.meta.dirname, '../../fixtures/certificates'),
      project: projects['project-a'],
      other_project: projects['project-b'],
      vip_network: vipNetworkId,
      vip_subnet: vipSubnetId,
      vip_address: vipCidr.replace(/0\/24$/, '77'),
      other_subnet: await addSubnet(cloud, vipNetworkId, addresses),
      other_address: `${other}9`,
      member_subnet: memberSubnetId,
      qos_policy: qosPolicyId,
      zone: await addZone(stack(), 'here'),
    };
    return { cloudsFile, facts };
  });

  it('has every one of its functions called', async () => {
    if (tool.missing !== null) return;
    const { source } = tool;
    const own = await readdir(import.meta.dirname);
    const files = own.filter((name) => name.endsWith('_test.go')).map((name) => join(import.meta.dirname, name));
    const called = (await Promise.all(files.map((path) => readFile(path, 'utf8')))).join('\n');
    const packages = await readdir(source, { withFileTypes: true });
    const names = await Promise.all(
      packages
        .filter((entry) => entry.isDirectory() && entry.name !== 'testhelper')
        .map(async ({ name }) => {
          const requests = await readFile(join(source, name, 'requests.go'), 'utf8');
          return [...requests.matchAll(/^func ([A-Z]\w*)[[(]/gm)].map(([, one]) => `${name}.${one}(`);
        }),
    );
    expect(names.flat().length).toBeGreaterThan(50);
    expect(names.flat().filter((name) => !called.includes(name))).toEqual([]);
  });
});
