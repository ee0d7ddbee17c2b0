import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { QUOTA_RESOURCES } from '../../lib/models/objects/quota.ts';
import { countObjects } from '../../lib/repositories/quotas/count-objects.ts';
import { readUsage } from '../../lib/repositories/quotas/usage.ts';
import { ADMISSIONS } from '../../lib/repositories/table/keys.ts';
import { isA } from './load-balancers.ts';
import type { Subject } from './scenarios.ts';
import type { Row, World } from './world.ts';

const REST = ['ACTIVE', 'ERROR', 'DELETED'];
const AMPHORA_REST = ['ALLOCATED', 'READY', 'ERROR', 'DELETED'];

/** Statuses that do not last, locks, and marks that only a running operation may leave. */
export const statusesOf = (rows: readonly Row[]): string[] =>
  rows.flatMap((row) => {
    const { sk, provisioning_status: status, lock } = row;
    const found: string[] = [];
    if (typeof status === 'string' && !REST.includes(status)) found.push(`${sk} is ${status}`);
    if ((sk === 'AMPHORA' || isA(row, 'AMPHORA')) && !AMPHORA_REST.includes(String(row.status))) {
      found.push(`${sk} is ${row.status}`);
    }
    if (lock) found.push(`${sk} is locked`);
    if (row.work_key === 'LOCKED') found.push(`${sk} is listed as locked`);
    if (row.cert_busy === true) found.push(`${sk} is marked as busy with its certificate`);
    if (row.staged_operation_id) found.push(`${sk} waits for rows of ${row.staged_operation_id}`);
    return found;
  });

/** What failed, or is still at work, and nothing says why. */
export const reasons = (rows: readonly Row[], operations: readonly Row[]): string[] => {
  const found = operations.flatMap(({ id, flow, status, ended_at, error_name, error_message, failed_step }) => {
    if (!ended_at) return [`operation ${id} (${flow}) is ${status}`];
    if (status !== 'FAILED') return [];
    return error_name && error_message && failed_step ? [] : [`operation ${id} (${flow}) failed without a reason`];
  });
  const broken = rows.filter(
    ({ provisioning_status, status }) => provisioning_status === 'ERROR' || status === 'ERROR',
  );
  const explained = operations.some(({ status }) => status === 'FAILED');
  return [...found, ...(explained ? [] : broken.map(({ sk }) => `${sk} is ERROR, and nothing says why`))];
};

/** Every id that may be part of a name in the cloud: of the load balancer and of all its amphorae, also planned ones. */
const namedIds = (subject: Subject, rows: readonly Row[], operations: readonly Row[]): readonly string[] => {
  const planned = JSON.stringify(operations.map(({ input }) => input)).match(/(?<="amphora_id":")[^"]+/g) ?? [];
  const known = rows.flatMap((row) =>
    isA(row, 'AMPHORA') ? [String(row.id)] : isA(row, 'EXT') ? [String(row.amphora_id)] : [],
  );
  return [...new Set([subject.id, ...planned, ...known])].filter((id) => id.length === 36);
};

/**
 * What is in the cloud of it, and what the table says: each must be there once and no more. What failed may own more than
 * there is: a deletion that came after the lock was lost could not be noted, and the next one finds it done.
 */
const ownership = (world: World, rows: readonly Row[], ids: readonly string[]): string[] => {
  const { servers, ports, securityGroups, serverGroups } = world.cloud.state;
  const there = [...servers.values(), ...ports.values(), ...securityGroups.values(), ...serverGroups.values()].filter(
    ({ name }) => ids.some((id) => name.includes(id)),
  );
  const ledger = rows.filter((row) => isA(row, 'EXT'));
  const owned = new Set(ledger.map(({ resource_id }) => resource_id));
  const present = new Set(there.map(({ id }) => id));
  const hasFailed = rows.some(({ sk, provisioning_status }) => sk === 'LB' && provisioning_status === 'ERROR');
  return [
    ...there.filter(({ id }) => !owned.has(id)).map(({ id, name }) => `${name} (${id}) has no owner`),
    ...ledger
      .filter(({ resource_id }) => !present.has(String(resource_id)) && !hasFailed)
      .map(({ sk, resource_id }) => `${sk} (${resource_id}) is owned and not there`),
  ];
};

const configurationOf = async (id: string, amphora: Row): Promise<string | null> =>
  await amphoraDriver()
    .getHaproxyConfig({ amphoraId: String(amphora.id), lbNetworkIp: String(amphora.lb_network_ip) }, id)
    .catch((error: unknown) => String(error));

/** A load balancer that says ACTIVE serves: amphorae, ports, rules and configurations are what the table says. */
const serving = async (world: World, id: string, rows: readonly Row[]): Promise<string[]> => {
  const lb = rows.find(({ sk }) => sk === 'LB');
  if (lb?.provisioning_status !== 'ACTIVE') return [];
  const found: string[] = [];
  const { servers, ports, securityGroupRules } = world.cloud.state;
  const amphorae = rows.filter((row) => isA(row, 'AMPHORA') && row.status === 'ALLOCATED');
  const roles = amphorae.map(({ role }) => role).sort();
  const wanted = lb.topology === 'SINGLE' ? 'STANDALONE' : 'BACKUP,MASTER';
  if (roles.join() !== wanted) found.push(`ACTIVE with the amphorae ${roles.join()}`);
  for (const { id: amphoraId, compute_id, vrrp_port_id } of amphorae) {
    if (servers.get(String(compute_id))?.status !== 'ACTIVE') found.push(`amphora ${amphoraId} has no server`);
    const port = ports.get(String(vrrp_port_id));
    if (port === undefined || port.device_id !== compute_id) found.push(`amphora ${amphoraId} has no base port`);
    else if (!port.security_groups.includes(String(lb.security_group_id))) found.push(`${port.name} lacks the group`);
  }
  const vip = Object(lb.vip);
  if (!ports.has(String(Reflect.get(vip, 'port_id')))) found.push('ACTIVE without a VIP port');
  const open = [...securityGroupRules.values()].filter(
    ({ security_group_id }) => security_group_id === lb.security_group_id,
  );
  for (const listener of rows.filter((row) => isA(row, 'LISTENER'))) {
    const port = listener.protocol_port;
    if (!open.some(({ direction, port_range_min }) => direction === 'ingress' && port_range_min === port)) {
      found.push(`port ${port} of the VIP is shut`);
    }
  }
  const known = rows.filter((row) => isA(row, 'MEMBER'));
  const members = known.filter((row) => row.provisioning_status === 'ACTIVE');
  for (const amphora of amphorae) {
    const text = (await configurationOf(id, amphora)) ?? '';
    for (const [, address] of text.matchAll(/^ *server \S+ (\S+) /gm)) {
      if (!known.some(({ ip_address, protocol_port }) => address === `${ip_address}:${protocol_port}`)) {
        found.push(`amphora ${amphora.id} serves ${address}, which is no member`);
      }
    }
    for (const { ip_address, protocol_port, weight } of members) {
      const line = text.split('\n').find((one) => one.includes(`${ip_address}:${protocol_port} `));
      if (!line?.includes(`weight ${weight}`)) {
        found.push(
          `amphora ${amphora.id} lacks ${ip_address}:${protocol_port} weight ${weight}: ${line ?? text.slice(0, 80)}`,
        );
      }
    }
  }
  return found;
};

/** What is wrong with what is counted of a project's objects, once all is settled. */
export const miscounted = async (projectId: string): Promise<readonly string[]> => {
  const [{ inUse }, { counts }] = await Promise.all([readUsage(projectId), countObjects(projectId)]);
  return QUOTA_RESOURCES.filter((resource) => inUse !== null && inUse[resource] !== counts[resource]).map(
    (resource) => `${inUse?.[resource]} counted as ${resource}, and ${counts[resource]} are there`,
  );
};

/**
 * What is wrong with a load balancer or spare that ought to be settled; nothing, if all is well.
 * @param since the operation from which on records are looked at
 */
export const problemsOf = async (world: World, subject: Subject, since = ''): Promise<readonly string[]> => {
  const partition = subject.kind === 'spare' ? 'AMP' : 'LB';
  const [rows, all] = await Promise.all([
    world.rows(`${partition}#${subject.id}`),
    world.rows(`${partition}OPS#${subject.id}`, since.slice(0, -1)),
  ]);
  const operations = all.filter(({ id }) => String(id) >= since);
  const waiting = (await world.rows(ADMISSIONS)).map(({ sk }) => String(sk)).filter((sk) => sk.startsWith('WAITING#'));
  // A joined operation ends with the one that carries it.
  const ended = new Map(operations.map(({ id, ended_at }) => [id, ended_at]));
  const told = operations.map((row) =>
    row.status === 'JOINED' ? { ...row, ended_at: ended.get(row.joined_to) } : row,
  );
  return [
    ...operations
      .filter(({ id }) => waiting.includes(`WAITING#${id}`))
      .map(({ id }) => `operation ${id} waits in line`),
    ...statusesOf(rows),
    ...reasons(rows, told),
    ...ownership(world, rows, namedIds(subject, rows, operations)),
    ...(await serving(world, subject.id, rows)),
  ];
};
