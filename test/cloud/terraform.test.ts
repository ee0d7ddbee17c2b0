import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { changesOf, openTerraform, type Terraform } from '../clients/terraform/terraform.ts';
import { prepareTerraform } from '../clients/tools.ts';
import { unless } from '../helpers/needs.ts';
import { notOfRecipe } from './in-recipe.ts';
import { useRealStack } from './real-stack.ts';

const tool = await prepareTerraform();
const SITE = join(import.meta.dirname, '../clients/terraform/site');
const MEMBERS = ['10.90.2.61', '10.90.2.62', '10.90.2.63'];

/** Where the catalog of the recipe's cloud says that load balancers are: the provider asks nowhere else. */
const PORT = 9876;

unless(tool.missing ?? notOfRecipe).describe('Terraform, on a real cloud', () => {
  const real = useRealStack({}, { ports: { api: PORT } });
  let folder = '';
  let terraform: Terraform;

  beforeAll(async () => {
    if (tool.missing !== null) return;
    const { facts } = real();
    folder = await mkdtemp(join(tmpdir(), 'terraform-'));
    terraform = await openTerraform({
      ...tool,
      configuration: SITE,
      folder,
      cloudsFile: facts.OS_CLIENT_CONFIG_FILE,
      variables: {
        tenant: facts.TEST_TENANT_CLOUD,
        vip_subnet: facts.TEST_VIP_SUBNET,
        member_subnet: facts.TEST_MEMBER_SUBNET,
        members: MEMBERS,
      },
    });
  });
  afterAll(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it('creates a site that answers as it says, and finds no difference', async () => {
    await terraform.plan();
    await terraform.apply();
    const site = (await terraform.resources()).find(({ type }) => type === 'openstack_lb_loadbalancer_v2');
    const { statusCode, headers } = await request(`http://${site?.values.vip_address}/elsewhere/x`);
    expect([statusCode, headers.location]).toEqual([302, 'https://www.example.com/']);
    expect(changesOf(await terraform.plan())).toEqual([]);
  });

  it('destroys it', async () => {
    await terraform.destroy();
    expect(await terraform.resources()).toEqual([]);
  });
});
