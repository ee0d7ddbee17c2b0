import { type Body, pool, type Scene } from './scene.ts';

type Write = readonly [path: string, body: Body | undefined, does: string | number];

/** For each write of the API, what is asked for, and what it would do first: an action, or the code that refuses it. */
export const writes = (ids: Scene['ids'], loadBalancer: Body): Readonly<Record<string, Write>> => ({
  'POST /lbaas/loadbalancers': ['/lbaas/loadbalancers', loadBalancer, 'create loadbalancer'],
  'PUT /lbaas/loadbalancers/{id}': [
    `/lbaas/loadbalancers/${ids.lb}`,
    { loadbalancer: { deletion_protected: true } },
    'update loadbalancer',
  ],
  'DELETE /lbaas/loadbalancers/{id}': [`/lbaas/loadbalancers/${ids.lb}?cascade=true`, undefined, 'delete loadbalancer'],
  'PUT /lbaas/loadbalancers/{id}/failover': [`/lbaas/loadbalancers/${ids.lb}/failover`, undefined, 'update amphora'],
  'POST /lbaas/listeners': [
    '/lbaas/listeners',
    { listener: { loadbalancer_id: ids.lb, protocol: 'TCP', protocol_port: 81 } },
    'create listener',
  ],
  'PUT /lbaas/listeners/{id}': [
    `/lbaas/listeners/${ids.listener}`,
    { listener: { connection_limit: 7 } },
    'update listener',
  ],
  'DELETE /lbaas/listeners/{id}': [`/lbaas/listeners/${ids.listener}`, undefined, 'delete listener'],
  'POST /lbaas/pools': ['/lbaas/pools', { pool: { ...pool, loadbalancer_id: ids.lb } }, 'create pool'],
  'PUT /lbaas/pools/{id}': [`/lbaas/pools/${ids.pool}`, { pool: { lb_algorithm: 'SOURCE_IP' } }, 'update pool'],
  'DELETE /lbaas/pools/{id}': [`/lbaas/pools/${ids.lone}`, undefined, 'delete pool'],
  'POST /lbaas/pools/{pool_id}/members': [
    `/lbaas/pools/${ids.pool}/members`,
    { member: { address: '127.10.2.10', protocol_port: 80 } },
    'create member',
  ],
  'PUT /lbaas/pools/{pool_id}/members': [
    `/lbaas/pools/${ids.pool}/members`,
    { members: [{ address: '127.10.2.11', protocol_port: 80 }] },
    'create member',
  ],
  'PUT /lbaas/pools/{pool_id}/members/{id}': [
    `/lbaas/pools/${ids.pool}/members/${ids.member}`,
    { member: { weight: 7 } },
    'update member',
  ],
  'DELETE /lbaas/pools/{pool_id}/members/{id}': [
    `/lbaas/pools/${ids.pool}/members/${ids.member}`,
    undefined,
    'delete member',
  ],
  'POST /lbaas/healthmonitors': [
    '/lbaas/healthmonitors',
    { healthmonitor: { pool_id: ids.lone, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 } },
    'create healthmonitor',
  ],
  'PUT /lbaas/healthmonitors/{id}': [
    `/lbaas/healthmonitors/${ids.healthmonitor}`,
    { healthmonitor: { delay: 9 } },
    'update healthmonitor',
  ],
  'DELETE /lbaas/healthmonitors/{id}': [
    `/lbaas/healthmonitors/${ids.healthmonitor}`,
    undefined,
    'delete healthmonitor',
  ],
  'POST /lbaas/l7policies': [
    '/lbaas/l7policies',
    { l7policy: { listener_id: ids.listener, action: 'REJECT' } },
    'create l7policy',
  ],
  'PUT /lbaas/l7policies/{id}': [`/lbaas/l7policies/${ids.l7policy}`, { l7policy: { name: 'x' } }, 'update l7policy'],
  'DELETE /lbaas/l7policies/{id}': [`/lbaas/l7policies/${ids.l7policy}`, undefined, 'delete l7policy'],
  'POST /lbaas/l7policies/{l7policy_id}/rules': [
    `/lbaas/l7policies/${ids.l7policy}/rules`,
    { rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/never' } },
    'create l7rule',
  ],
  'PUT /lbaas/l7policies/{l7policy_id}/rules/{id}': [
    `/lbaas/l7policies/${ids.l7policy}/rules/${ids.rule}`,
    { rule: { value: '/other' } },
    'update l7rule',
  ],
  'DELETE /lbaas/l7policies/{l7policy_id}/rules/{id}': [
    `/lbaas/l7policies/${ids.l7policy}/rules/${ids.rule}`,
    undefined,
    'delete l7rule',
  ],
  'POST /lbaas/flavors': [
    '/lbaas/flavors',
    { flavor: { name: 'g', flavor_profile_id: ids.flavorprofile } },
    'create flavor',
  ],
  'PUT /lbaas/flavors/{id}': [`/lbaas/flavors/${ids.flavor}`, { flavor: { name: 'h' } }, 'update flavor'],
  'DELETE /lbaas/flavors/{id}': [`/lbaas/flavors/${ids.flavor}`, undefined, 'delete flavor'],
  'POST /lbaas/flavorprofiles': [
    '/lbaas/flavorprofiles',
    { flavorprofile: { name: 'q', provider_name: 'amphora', flavor_data: '{}' } },
    'create flavorprofile',
  ],
  'PUT /lbaas/flavorprofiles/{id}': [
    `/lbaas/flavorprofiles/${ids.spare}`,
    { flavorprofile: { name: 'r' } },
    'update flavorprofile',
  ],
  'DELETE /lbaas/flavorprofiles/{id}': [`/lbaas/flavorprofiles/${ids.spare}`, undefined, 'delete flavorprofile'],
  'POST /lbaas/availabilityzones': [
    '/lbaas/availabilityzones',
    { availability_zone: { name: 'y', availability_zone_profile_id: ids.zoneprofile } },
    'create availability_zone',
  ],
  'PUT /lbaas/availabilityzones/{id}': [
    `/lbaas/availabilityzones/${ids.zone}`,
    { availability_zone: { enabled: false } },
    'update availability_zone',
  ],
  'DELETE /lbaas/availabilityzones/{id}': [
    `/lbaas/availabilityzones/${ids.zone}`,
    undefined,
    'delete availability_zone',
  ],
  'POST /lbaas/availabilityzoneprofiles': [
    '/lbaas/availabilityzoneprofiles',
    { availability_zone_profile: { name: 'q', provider_name: 'amphora', availability_zone_data: '{}' } },
    'create availability_zone_profile',
  ],
  'PUT /lbaas/availabilityzoneprofiles/{id}': [
    `/lbaas/availabilityzoneprofiles/${ids.sparezone}`,
    { availability_zone_profile: { name: 'r' } },
    'update availability_zone_profile',
  ],
  'DELETE /lbaas/availabilityzoneprofiles/{id}': [
    `/lbaas/availabilityzoneprofiles/${ids.sparezone}`,
    undefined,
    'delete availability_zone_profile',
  ],
  'PUT /lbaas/quotas/{project_id}': [`/lbaas/quotas/${ids.project}`, { quota: { member: 7 } }, 'update quota'],
  // It has no limits of its own: nothing would change.
  'DELETE /lbaas/quotas/{project_id}': [`/lbaas/quotas/${ids.project}`, undefined, 'nothing'],
  'DELETE /octavia/amphorae/{id}': [`/octavia/amphorae/${ids.loneAmphora}`, undefined, 'delete amphora'],
  'PUT /octavia/amphorae/{id}/failover': [`/octavia/amphorae/${ids.amphora}/failover`, undefined, 'update amphora'],
  'PUT /octavia/amphorae/{id}/config': [`/octavia/amphorae/${ids.amphora}/config`, undefined, 'nothing'],
  'POST /octavia/drift': ['/octavia/drift', { drift: { loadbalancer_ids: [ids.lb] } }, 'nothing'],
  'PUT /octavia/freeze': ['/octavia/freeze', { freeze: { enabled: true } }, 'nothing'],
  // Another goes on. What one would begin with is in a test of its own.
  'POST /octavia/rollouts': ['/octavia/rollouts', { rollout: {} }, 409],
  'POST /octavia/rollouts/preview': ['/octavia/rollouts/preview', { rollout: {} }, 'nothing'],
  'PUT /octavia/rollouts/{id}': [`/octavia/rollouts/${ids.rollout}`, { rollout: { at_once: 3 } }, 'update rollout'],
  // Settled. What can be redriven is in a test of its own.
  'POST /lbaas/operations/{id}/redrive': [`/lbaas/operations/${ids.operation}/redrive`, undefined, 409],
});
