import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unless } from '../../helpers/needs.ts';
import { useStack } from '../../helpers/stack.ts';
import { tenant } from '../../helpers/tenant.ts';
import { preparedTools } from '../tools.ts';
import { changesOf, openTerraform, type Terraform } from './terraform.ts';

const { terraform: tool } = preparedTools();
const SITE = join(import.meta.dirname, 'site');

/** What Terraform makes at the same time below one load balancer, and how often it was told to come again. */
const walk = (strict: boolean) => {
  const stack = useStack({ settings: { STRICT_IMMUTABLE: String(strict) } });
  let folder = '';
  let terraform: Terraform;

  const refusals = async () => (await readFile(join(folder, 'log'), 'utf8')).match(/Response Code: 409/g)?.length ?? 0;

  beforeAll(async () => {
    if (tool.missing !== null) return;
    const { cloud, cloudsFile } = stack();
    if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
    const { vipSubnetId: vip_subnet, memberSubnetId: member_subnet, memberCidr } = cloud.facts;
    const members = [11, 12, 13, 14].map((last) => memberCidr.replace(/0\/24$/, String(last)));
    folder = await mkdtemp(join(tmpdir(), 'terraform-'));
    terraform = await openTerraform({
      ...tool,
      configuration: SITE,
      folder,
      cloudsFile,
      variables: { tenant: 'alice', vip_subnet, member_subnet, members },
      logFile: join(folder, 'log'),
    });
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it('creates all of it', async () => {
    await terraform.plan();
    await terraform.apply();
    expect((await terraform.resources()).length).toBe(10);
  });

  it('finds no difference', async () => {
    expect(changesOf(await terraform.plan())).toEqual([]);
  });

  it('destroys all of it', async () => {
    await terraform.destroy();
    const api = await tenant(stack());
    expect(await api.call('GET', '/v2.0/lbaas/loadbalancers')).toMatchObject({ body: { loadbalancers: [] } });
  });

  it(strict ? 'was refused meanwhile, and came again' : 'was never refused', async () => {
    const times = await refusals();
    if (strict) expect(times).toBeGreaterThan(0);
    else expect(times).toBe(0);
  });
};

unless(tool.missing).describe('Terraform, where changes join those that are on their way', () => walk(false));
unless(tool.missing).describe('Terraform, where a busy load balancer refuses, as upstream', () => walk(true));
