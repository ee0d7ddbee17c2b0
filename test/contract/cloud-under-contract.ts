import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { ComputeDriver } from '../../lib/drivers/compute/compute-driver.ts';
import { novaComputeDriver } from '../../lib/drivers/compute/nova-compute-driver.ts';
import type { IdentityDriver } from '../../lib/drivers/identity/identity-driver.ts';
import { keystoneIdentityDriver } from '../../lib/drivers/identity/keystone-identity-driver.ts';
import { glanceImageDriver } from '../../lib/drivers/image/glance-image-driver.ts';
import type { ImageDriver } from '../../lib/drivers/image/image-driver.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { neutronNetworkDriver } from '../../lib/drivers/network/neutron-network-driver.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';

const cloudFacts = z.object({
  vipSubnetId: z.string(),
  vipNetworkId: z.string(),
  managementNetworkId: z.string(),
  imageTag: z.string(),
  imageOwnerId: z.string().nullable(),
  flavorId: z.string(),
  /** The project the session is signed in to. */
  projectId: z.string(),
});

/** What a contract must know about the cloud it runs against; ids differ from cloud to cloud. */
export type CloudFacts = z.infer<typeof cloudFacts>;

/** Facts from a JSON file. */
export const readCloudFacts = async (path: string): Promise<CloudFacts> =>
  cloudFacts.parse(JSON.parse(await readFile(path, 'utf8')));

export interface CloudUnderContract {
  readonly facts: CloudFacts;
  readonly session: CloudSession;
  readonly identity: IdentityDriver;
  readonly image: ImageDriver;
  readonly network: NetworkDriver;
  readonly compute: ComputeDriver;
}

/** The real drivers on a session. */
export const cloudUnderContract = (session: CloudSession, facts: CloudFacts): CloudUnderContract => ({
  facts,
  session,
  identity: keystoneIdentityDriver(session),
  image: glanceImageDriver(session),
  network: neutronNetworkDriver(session),
  compute: novaComputeDriver(session),
});

/** Milliseconds a single test or clean-up may take against a slow cloud. */
export const CONTRACT_TIMEOUT = 120_000;
