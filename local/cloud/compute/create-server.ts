import { v4 } from 'uuid';
import * as z from 'zod';
import { KEY_NAME, ZONES } from '../facts.ts';
import { json, parsed } from '../http/body.ts';
import type { Call } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import { now } from '../ids.ts';
import { visible } from '../network/access.ts';
import { defaultGroup } from '../network/new-group.ts';
import type { ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { hasFlavor } from './flavors.ts';
import { computeProblem, refuseBody } from './problems.ts';

const MAX_FILES = 5;
const MAX_FILE_BYTES = 10 * 1024;
const MAX_PATH = 255;

const body = z.object({
  server: z.strictObject({
    name: z.string().min(1).max(255),
    imageRef: z.string(),
    flavorRef: z.union([z.string(), z.int()]).transform(String),
    key_name: z.string().nullable().optional(),
    availability_zone: z.string().optional(),
    config_drive: z.union([z.boolean(), z.string()]).optional(),
    user_data: z.base64().max(65535).optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    description: z.string().nullable().optional(),
    min_count: z.union([z.literal(1), z.literal('1')]).optional(),
    max_count: z.union([z.literal(1), z.literal('1')]).optional(),
    'OS-DCF:diskConfig': z.string().optional(),
    security_groups: z.array(z.object({ name: z.string() })).optional(),
    personality: z.array(z.strictObject({ path: z.string(), contents: z.base64() })).optional(),
    networks: z.array(z.union([z.object({ port: z.string() }), z.object({ uuid: z.string() })])).min(1),
  }),
  'os:scheduler_hints': z.looseObject({ group: z.string().optional() }).optional(),
});
type Wish = z.infer<typeof body>['server'];

const checkFiles = (files: NonNullable<Wish['personality']>): void => {
  if (files.length > MAX_FILES) throw computeProblem(403, 'Personality file limit exceeded');
  for (const { path, contents } of files) {
    if (Buffer.byteLength(path) > MAX_PATH) throw computeProblem(403, 'Personality file path exceeds maximum');
    if (Buffer.from(contents, 'base64').length > MAX_FILE_BYTES) {
      throw computeProblem(403, 'Personality file content exceeds maximum');
    }
  }
};

const checkNetworks = (store: Store, identity: Identity, networks: Wish['networks']): void => {
  for (const wish of networks) {
    if ('uuid' in wish) {
      const network = store.networks.get(wish.uuid);
      if (network === undefined || !visible(identity, network)) {
        throw computeProblem(400, `Network ${wish.uuid} could not be found.`);
      }
      continue;
    }
    const port = store.ports.get(wish.port);
    if (port === undefined || !visible(identity, port))
      throw computeProblem(400, `Port id ${wish.port} could not be found.`);
    if (port['binding:host_id'] !== '') throw computeProblem(409, `Port ${port.id} is still in use.`);
  }
};

const groupIds = (store: Store, project: string, wanted: Wish['security_groups']): string[] =>
  (wanted ?? []).map(({ name }) => {
    if (name === 'default') return defaultGroup(store, project).id;
    const found = [...store.securityGroups.values()].filter(
      (group) => group.project_id === project && (group.id === name || group.name === name),
    );
    if (found.length > 1)
      throw computeProblem(409, `Multiple security_groups found matching '${name}'. Use an ID to be more specific.`);
    const [group] = found;
    if (group === undefined) throw computeProblem(400, `Unable to find security_group with name or id '${name}'`);
    return group.id;
  });

const check = (store: Store, identity: Identity, wish: Wish, imageIds: readonly string[]): void => {
  if (!imageIds.includes(wish.imageRef)) throw computeProblem(400, `Image ${wish.imageRef} could not be found.`);
  if (!hasFlavor(wish.flavorRef)) throw computeProblem(400, `Flavor ${wish.flavorRef} could not be found.`);
  if (wish.key_name !== undefined && wish.key_name !== null && wish.key_name !== KEY_NAME) {
    throw computeProblem(400, 'Invalid key_name provided.');
  }
  if (wish.availability_zone !== undefined && !ZONES.some((zone) => zone === wish.availability_zone)) {
    throw computeProblem(400, 'The requested availability zone is not available');
  }
  checkFiles(wish.personality ?? []);
  checkNetworks(store, identity, wish.networks);
};

const SERVER_CERTIFICATE = '/etc/octavia/certs/server.pem';

/**
 * Checks a creation request as Nova's API does and makes the row, in BUILD.
 * @throws HttpProblem 400, 403, 409 in Nova's words
 */
export const newServer = (
  store: Store,
  call: Call,
  imageIds: readonly string[],
): { readonly server: ServerRecord; readonly files: ReadonlyMap<string, Buffer> } => {
  const identity = call.identity();
  const project = identity.projectId;
  if (project === null)
    throw computeProblem(403, "Policy doesn't allow os_compute_api:servers:create to be performed.");
  const request = parsed(body, json(call.body), refuseBody);
  const wish = request.server;
  check(store, identity, wish, imageIds);
  const groupId = request['os:scheduler_hints']?.group ?? null;
  if (groupId !== null && !store.serverGroups.has(groupId)) {
    throw computeProblem(400, `Instance group ${groupId} could not be found.`);
  }
  const files = new Map((wish.personality ?? []).map(({ path, contents }) => [path, Buffer.from(contents, 'base64')]));
  const server: ServerRecord = {
    id: v4(),
    name: wish.name,
    project_id: project,
    user_id: identity.userId,
    status: 'BUILD',
    task_state: 'scheduling',
    fault: null,
    image_id: wish.imageRef,
    flavor_id: wish.flavorRef,
    key_name: wish.key_name ?? null,
    availability_zone: wish.availability_zone ?? ZONES[0],
    config_drive: wish.config_drive === true || wish.config_drive === 'true' || wish.config_drive === 'True',
    user_data: wish.user_data ?? null,
    metadata: wish.metadata ?? {},
    server_group_id: groupId,
    requested_networks: wish.networks.map((network) =>
      'port' in network ? { port: network.port } : { uuid: network.uuid },
    ),
    requested_groups: groupIds(store, project, wish.security_groups),
    port_ids: [],
    own_port_ids: [],
    is_amphora: files.has(SERVER_CERTIFICATE),
    crashed: false,
    planned_fault: null,
    stalled: false,
    created: now(),
    updated: now(),
    launched_at: null,
  };
  return { server, files };
};
