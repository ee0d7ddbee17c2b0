import { createHash } from 'node:crypto';
import { type Route, openRoute as route } from '../../http/router.ts';
import { type Amphora, haproxyConfigPath, loadBalancerIds, lvsConfigPath, lvsListenerIds } from '../amphora.ts';
import { outline } from '../haproxy/outline.ts';
import { ok, problem, words } from './replies.ts';

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

const remember = (amphora: Amphora, id: string, running: boolean): void => {
  amphora.memory.running = amphora.memory.running.filter((other) => other !== id);
  if (running) amphora.memory.running.push(id);
  amphora.save();
};

const actOnHaproxy = async (amphora: Amphora, id: string, config: string, action: string): Promise<void> => {
  try {
    if (action === 'stop') await amphora.haproxies.stop(id);
    else if (action === 'start') await amphora.haproxies.start(id, config);
    else await amphora.haproxies.reload(id, config);
  } catch (error) {
    throw problem(500, `Error ${action}ing haproxy`, words(error));
  }
};

const act = async (amphora: Amphora, id: string, action: string) => {
  if (!['start', 'stop', 'reload'].includes(action)) throw problem(400, 'Invalid Request', `Unknown action: ${action}`);
  const config = amphora.files.read(haproxyConfigPath(amphora, id));
  if (config !== null) await actOnHaproxy(amphora, id, config.toString(), action);
  else if (!amphora.files.exists(lvsConfigPath(amphora, id))) {
    throw problem(404, 'Loadbalancer Not Found', `No loadbalancer with UUID: ${id}`);
  }
  remember(amphora, id, action !== 'stop');
  return ok(202, `Configuration file is valid\nhaproxy daemon for ${id} ${action}ed`);
};

const remove = async (amphora: Amphora, id: string) => {
  const { basePath, baseCertDir } = amphora.settings();
  await amphora.haproxies.stop(id);
  if (amphora.files.exists(haproxyConfigPath(amphora, id))) {
    amphora.files.remove(`${basePath}/${id}`);
    amphora.files.remove(`${baseCertDir}/${id}`);
  }
  amphora.files.remove(lvsConfigPath(amphora, id));
  remember(amphora, id, false);
  return ok(200);
};

const listenerType = (mode: string, tls: boolean): string => {
  if (tls) return 'TERMINATED_HTTPS';
  return mode.toUpperCase();
};

const listeners = (amphora: Amphora) => [
  ...loadBalancerIds(amphora).flatMap((id) =>
    outline(amphora.files.read(haproxyConfigPath(amphora, id))?.toString() ?? '').frontends.map((frontend) => ({
      uuid: frontend.id,
      status: 'ACTIVE',
      type: listenerType(frontend.mode, frontend.tls),
    })),
  ),
  ...lvsListenerIds(amphora).map((uuid) => ({
    uuid,
    status: amphora.memory.running.includes(uuid) ? 'ACTIVE' : 'OFFLINE',
    type: 'UDP',
  })),
];

/** Configuration, start, stop, reload and removal of haproxy and LVS. */
export const haproxyRoutes = (amphora: Amphora): readonly Route[] => [
  route('PUT /1.0/loadbalancer/:amphora/:id/haproxy', async ({ params, body }) => {
    const id = params.id ?? '';
    const path = haproxyConfigPath(amphora, id);
    const config = body.toString().replaceAll(/^\s+group\s.*\n/gm, '');
    const complaint = await amphora.haproxies.check(id, config);
    if (complaint !== null) {
      amphora.files.write(`${path}.new-failed`, config);
      throw problem(400, 'Invalid request', complaint);
    }
    amphora.files.write(path, config);
    return ok(202, undefined, { etag: md5(body) });
  }),
  route('GET /1.0/loadbalancer/:id/haproxy', ({ params }) => {
    const config = amphora.files.read(haproxyConfigPath(amphora, params.id ?? ''));
    if (config === null) throw problem(404, 'Loadbalancer Not Found', `No loadbalancer with UUID: ${params.id}`);
    return { status: 200, body: config, headers: { 'content-type': 'text/plain', etag: md5(config) } };
  }),
  route('PUT /1.0/loadbalancer/:id/:action', ({ params }) => act(amphora, params.id ?? '', params.action ?? '')),
  route('DELETE /1.0/listeners/:id', ({ params }) => remove(amphora, params.id ?? '')),
  route('GET /1.0/listeners', () => ({ status: 200, body: listeners(amphora) })),
  route('PUT /1.0/listeners/:amphora/:id/udp_listener', ({ params, body }) => {
    amphora.files.write(lvsConfigPath(amphora, params.id ?? ''), body);
    return ok(200, undefined, { etag: md5(body) });
  }),
  route('GET /1.0/listeners/:id/udp_listener', ({ params }) => {
    const config = amphora.files.read(lvsConfigPath(amphora, params.id ?? ''));
    if (config === null) throw problem(404, 'UDP Listener Not Found', `No UDP listener with UUID: ${params.id}`);
    return { status: 200, body: config, headers: { 'content-type': 'text/plain', etag: md5(config) } };
  }),
];
