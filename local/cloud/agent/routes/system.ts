import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { type Route, openRoute as route } from '../../http/router.ts';
import { type Amphora, loadBalancerIds, lvsListenerIds, vrrpConfigPath } from '../amphora.ts';
import { ok, problem } from './replies.ts';

const versions = (amphora: Amphora) => ({
  hostname: amphora.hostname,
  haproxy_version: amphora.haproxyVersion,
  api_version: '1.0',
  keepalived_version: '1:2.2.7-1+b2',
  ipvsadm_version: '1:1.31-1+b2',
});

/** The host's memory in KiB: the amphora has none of its own. */
const memory = () => {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const row = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    total: row('MemTotal'),
    free: row('MemFree'),
    buffers: row('Buffers'),
    cached: row('Cached'),
    swap_used: row('SwapTotal') - row('SwapFree'),
    shared: row('Shmem'),
    slab: row('Slab'),
  };
};

const details = (amphora: Amphora) => ({
  ...versions(amphora),
  networks: Object.fromEntries(amphora.interfaces().map(({ name }) => [name, { network_tx: 0, network_rx: 0 }])),
  active: true,
  haproxy_count: loadBalancerIds(amphora).filter((id) => amphora.haproxies.isRunning(id)).length,
  lvs_listener_process_count: lvsListenerIds(amphora).filter((id) => amphora.memory.running.includes(id)).length,
  cpu_count: cpus().length,
  cpu: { total: 0, user: '0', system: '0', soft_irq: '0' },
  memory: memory(),
  disk: { used: 0, available: 0 },
  load: loadavg().map((value) => value.toFixed(2)),
  active_tuned_profiles: '',
  topology: 'SINGLE',
  topology_status: 'OK',
  listeners: [...loadBalancerIds(amphora), ...lvsListenerIds(amphora)],
  packages: {},
});

const vrrpAction = (amphora: Amphora, action: string) => {
  if (!['start', 'stop', 'reload'].includes(action)) throw problem(400, 'Invalid Request', `Unknown action: ${action}`);
  if (action !== 'stop' && !amphora.files.exists(vrrpConfigPath(amphora))) {
    throw problem(500, `Failed to ${action} octavia-keepalived service`, 'no configuration was uploaded');
  }
  amphora.memory.vrrp_started = action !== 'stop';
  amphora.save();
  return ok(202, `keepalived ${action}ed`);
};

/** The agent itself: versions, load, its certificate and configuration, VRRP. */
export const systemRoutes = (amphora: Amphora): readonly Route[] => [
  route('GET /', () => ({ status: 200, body: { api_version: '1.0' } })),
  route('GET /1.0/info', () => ({ status: 200, body: versions(amphora) })),
  route('GET /1.0/details', () => ({ status: 200, body: details(amphora) })),
  route('PUT /1.0/certificate', ({ body }) => {
    amphora.present(body);
    return ok(202);
  }),
  route('PUT /1.0/config', ({ body }) => {
    amphora.configure(body.toString());
    return ok(202);
  }),
  route('PUT /1.0/vrrp/upload', ({ body }) => {
    amphora.files.write(vrrpConfigPath(amphora), body);
    return ok(200, undefined, { etag: createHash('md5').update(body).digest('hex') });
  }),
  route('PUT /1.0/vrrp/:action', ({ params }) => vrrpAction(amphora, params.action ?? '')),
];
