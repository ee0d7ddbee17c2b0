import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import type { Row, World } from './world.ts';

/** The member that every load balancer of these tests keeps. */
export const KEPT = '127.0.0.9';
/** One that the first change of its members leaves out. */
export const SECOND = '127.0.0.10';
export const MEMBER_PORT = 8080;

/** What the load balancers of these tests serve. */
export const tree = (
  name: string,
  { vipSubnetId, memberSubnetId }: World['cloud']['facts'],
  members: readonly object[] = [{ address: KEPT }, { address: SECOND }],
) => ({
  name,
  vip_subnet_id: vipSubnetId,
  listeners: [
    {
      name: 'web',
      protocol: 'HTTP',
      protocol_port: 80,
      default_pool: {
        name: 'backends',
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        members: members.map((member) => ({
          protocol_port: MEMBER_PORT,
          subnet_id: memberSubnetId,
          weight: 1,
          ...member,
        })),
      },
    },
  ],
});

export const isA = (row: Row, type: string): boolean => String(row.sk).startsWith(`${type}#`);

export const lbRows = (world: World, id: string): Promise<readonly Row[]> => world.rows(`LB#${id}`);

/** The member that the load balancer keeps, as the API names it. */
const memberPath = async (world: World, id: string): Promise<string> => {
  const member = (await lbRows(world, id)).find((row) => isA(row, 'MEMBER') && row.ip_address === KEPT);
  if (member === undefined) throw new Error(`load balancer ${id} has no member ${KEPT}`);
  return `/v2.0/lbaas/pools/${member.pool_id}/members/${member.id}`;
};

export const accepted = async (answer: Promise<{ status: number; body: unknown }>, what: string): Promise<void> => {
  const { status, body } = await answer;
  if (status < 200 || status > 299) throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
};

/** Waits for the newest operation, and says what the load balancer is then: null when it is gone. */
const afterwards = async (world: World, id: string): Promise<string | null> => {
  await world.ended(await world.newest(`LBOPS#${id}`));
  return (await world.alice.settled(id, 60_000))?.provisioning_status ?? null;
};

/** Changes the member's weight through the API, and waits until it serves. */
export const changeWeight = async (world: World, id: string, weight: number): Promise<void> => {
  const path = await memberPath(world, id);
  await accepted(world.alice.call('PUT', path, { member: { weight } }), 'change of the member');
  const status = await afterwards(world, id);
  if (status !== 'ACTIVE') throw new Error(`after a member change it is ${status}`);
};

/** Deletes it through the API, and waits until it is gone. */
export const deleteLoadBalancer = async (world: World, id: string): Promise<void> => {
  await accepted(world.alice.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`), 'delete');
  const status = await afterwards(world, id);
  if (status !== null) throw new Error(`after a delete it is ${status}`);
};

/** Fails it over through the API, and waits until it serves. */
export const failOver = async (world: World, id: string): Promise<void> => {
  await accepted(world.admin.call('PUT', `${LOAD_BALANCERS}/${id}/failover`), 'failover');
  const status = await afterwards(world, id);
  if (status !== 'ACTIVE') throw new Error(`after a failover it is ${status}`);
};

/** A new one through the API, settled. */
export const newLoadBalancer = async (world: World, name: string): Promise<string> => {
  const id = await world.making(() => world.alice.create(tree(name, world.cloud.facts)), null);
  const status = await afterwards(world, id);
  if (status !== 'ACTIVE') throw new Error(`a create without a fault ended ${status}`);
  return id;
};
