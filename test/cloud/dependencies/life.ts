import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import * as z from 'zod';
import { reasons, statusesOf } from '../../faults/invariants.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from '../load-balancer-api.ts';
import type { RealStack } from '../real-stack.ts';
import type { BeforeTask, Stage } from './stage.ts';

/** The longest that anything may take to settle here: what takes longer hangs. */
const LIMIT_MS = 200_000;
/** The member that comes and goes. */
export const MEMBER = '10.90.2.91';

type Row = Readonly<Record<string, unknown>>;
const graph = z.looseObject({
  id: z.string(),
  pools: z.array(z.looseObject({ id: z.string() })).min(1),
});
const named = z.object({ member: z.looseObject({ id: z.string() }) });

/**
 * One load balancer, and what its owner and an operator do to it. Every act answers what it was when it was settled:
 * null when gone.
 */
export interface Life {
  readonly id: string;
  failover(before?: BeforeTask): Promise<string | null>;
  /** A member in a network in which the amphora is not yet, or that member no more. */
  toggleMember(before?: BeforeTask): Promise<string | null>;
  remove(before?: BeforeTask): Promise<string | null>;
  /** What was recorded of its failures, in words. */
  failures(): Promise<readonly string[]>;
  /** Takes it away whatever became of it; for the end of a case that failed. */
  discard(): Promise<void>;
  /** Ids of the servers of its amphorae. */
  servers(): Promise<readonly string[]>;
  /** Rows of the load balancer in the table. */
  rows(): Promise<readonly Row[]>;
  /** Records of its operations, oldest first. */
  operations(): Promise<readonly Row[]>;
  /**
   * What ought not to be so when it is settled: statuses, locks, slots, reasons that lack, things in the cloud that are
   * there twice.
   */
  problems(): Promise<readonly string[]>;
}

export interface Lives {
  /** Creates one with a listener, a pool and no members; answers it as it was when it was settled. */
  create(
    fields?: Readonly<Record<string, unknown>>,
    before?: BeforeTask,
  ): Promise<{ readonly life: Life; readonly status: string | null }>;
  /** The same, not waited for. */
  begin(
    fields?: Readonly<Record<string, unknown>>,
    before?: BeforeTask,
  ): Promise<{ readonly life: Life; readonly rest: Promise<string | null> }>;
}

/** Where lives are led: a stack, and what its cloud has for them. */
export interface Place extends Pick<RealStack, 'stack' | 'as'> {
  readonly facts: Pick<RealStack['facts'], 'TEST_TENANT_CLOUD' | 'TEST_VIP_SUBNET' | 'TEST_MEMBER_SUBNET'>;
  readonly leftovers: Pick<RealStack['leftovers'], 'now'>;
}

const nothing: BeforeTask = () => {};

const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) !== index);

/** Lives on a stack whose flows go over the stage. */
export const openLives = async ({ stack, facts, as, leftovers }: Place, stage: Stage): Promise<Lives> => {
  const [api, operator]: LoadBalancerApi[] = [await as(facts.TEST_TENANT_CLOUD), await as('admin')];
  if (api === undefined || operator === undefined) throw new Error('no user signed in');
  const documents = DynamoDBDocumentClient.from(new DynamoDB({ endpoint: stack.table.endpoint }));
  const rowsAt = async (pk: string): Promise<readonly Row[]> => {
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: stack.table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
      }),
    );
    return Items ?? [];
  };
  /** From the table, which answers also while no user can sign in. */
  const rest = async (id: string): Promise<string | null> => {
    for (const end = Date.now() + LIMIT_MS; ; await pause(250)) {
      const status = String((await rowsAt(`LB#${id}`)).find(({ sk }) => sk === 'LB')?.provisioning_status);
      if (status === 'DELETED') return null;
      if (!status.startsWith('PENDING_')) return status;
      if (Date.now() > end) throw new Error(`${id} is still ${status} after ${LIMIT_MS} ms`);
    }
  };

  const lifeOf = (id: string, poolId: string): Life => {
    let memberId: string | null = null;
    const rows = () => rowsAt(`LB#${id}`);
    const operations = () => rowsAt(`LBOPS#${id}`);
    const accepted = async (who: LoadBalancerApi, ...request: Parameters<LoadBalancerApi['call']>) => {
      const { status, body } = await who.call(...request);
      expect(status, JSON.stringify(body)).toBeLessThan(300);
      return body;
    };
    return {
      id,
      async failover(before = nothing) {
        stage.lay(id, before);
        await accepted(operator, 'PUT', `${LOAD_BALANCERS}/${id}/failover`);
        return await rest(id);
      },
      async toggleMember(before = nothing) {
        stage.lay(id, before);
        const members = `/v2.0/lbaas/pools/${poolId}/members`;
        if (memberId === null) {
          const member = { address: MEMBER, protocol_port: 80, subnet_id: facts.TEST_MEMBER_SUBNET };
          memberId = named.parse(await accepted(api, 'POST', members, { member })).member.id;
        } else {
          await accepted(api, 'DELETE', `${members}/${memberId}`);
          memberId = null;
        }
        return await rest(id);
      },
      async remove(before = nothing) {
        stage.lay(id, before);
        await accepted(api, 'DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
        return await rest(id);
      },
      async failures() {
        const failed = (await operations()).filter(({ error_name: name }) => typeof name === 'string');
        return failed.map(
          ({ flow, failed_step: step, error_name: name, error_message: text }) =>
            `${flow} at ${step}: ${name}: ${text}`,
        );
      },
      async discard() {
        stage.lay(id, nothing);
        if ((await rest(id)) === null) return;
        await api.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
        await rest(id);
      },
      async servers() {
        const amphorae = (await rows()).filter(
          ({ sk, status }) => String(sk).startsWith('AMPHORA#') && status !== 'DELETED',
        );
        return amphorae.flatMap(({ compute_id: server }) => (typeof server === 'string' ? [server] : []));
      },
      rows,
      operations,
      async problems() {
        const [mine, records, line, there] = [
          await rows(),
          await operations(),
          await rowsAt('LIMIT#operations'),
          await leftovers.now(),
        ];
        const ids = [
          id,
          ...mine.flatMap(({ sk, id: amphora }) => (String(sk).startsWith('AMPHORA#') ? [String(amphora)] : [])),
        ];
        const things = there
          .map((thing) => thing.replace(/ \(.*/, ''))
          .filter((name) => ids.some((one) => name.includes(one)));
        const gone = mine.some(({ sk, provisioning_status: status }) => sk === 'LB' && status === 'DELETED');
        return [
          ...statusesOf(mine),
          ...reasons(
            mine,
            records.filter(({ status }) => status !== 'JOINED'),
          ),
          ...line.filter(({ sk }) => records.some((record) => sk === `WAITING#${record.id}`)).map(({ sk }) => `${sk}`),
          ...twice(things).map((name) => `${name} is there twice`),
          ...(gone ? things.map((name) => `${name} is left`) : []),
        ];
      },
    };
  };

  const begin: Lives['begin'] = async (fields = {}, before = nothing) => {
    const pool = { name: 'pool', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    const listener = { name: 'web', protocol: 'HTTP', protocol_port: 80, default_pool: pool };
    const made = graph.parse(
      await api.create({ name: 'neighbours', vip_subnet_id: facts.TEST_VIP_SUBNET, listeners: [listener], ...fields }),
    );
    stage.lay(made.id, before);
    return { life: lifeOf(made.id, made.pools[0]?.id ?? ''), rest: rest(made.id) };
  };
  return {
    begin,
    async create(fields, before) {
      const { life, rest: resting } = await begin(fields, before);
      return { life, status: await resting };
    },
  };
};
