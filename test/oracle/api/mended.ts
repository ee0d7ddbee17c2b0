import type { Draft } from './generate/steps.ts';
import { get, loadBalancer } from './rows/examples.ts';
import { MISSING_ID, PROJECT, VIP_SUBNET } from './world.ts';

/** Requests that were once answered in another way than upstream's, by the fact that they show. */
export const MENDED: Readonly<Record<string, readonly Draft[]>> = {
  'of several projects a list is asked of the last one': [
    loadBalancer(),
    get('/pools', [
      ['project_id', PROJECT],
      ['project_id', ''],
    ]),
  ],
  'two VIPs in one subnet are told before a security group that is missing': [
    loadBalancer({ additional_vips: [{ subnet_id: VIP_SUBNET.id }], vip_sg_ids: [MISSING_ID] }),
  ],
  'the VIP port of another load balancer is in use': [loadBalancer(), loadBalancer({ vip_port_id: '«1.vip_port_id»' })],
};
