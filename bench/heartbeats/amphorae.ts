import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { amphoraKeyOf } from '../../lib/models/heartbeat-key.ts';
import { documents, tableName } from '../../lib/repositories/table/client.ts';
import {
  HealthRow,
  healthKey,
  heartbeatShardOf,
  loadBalancerKey,
  pointerKey,
  sourceKey,
} from '../../lib/repositories/table/keys.ts';
import { findRow, queryAll } from '../../lib/repositories/table/query.ts';
import {
  heartbeatOf,
  KEY,
  seal,
  type Watched,
  watched,
  type zero,
} from '../../test/unit/lib/health/receiver/support.ts';
import { runClients } from '../local/clients.ts';

type Row = Readonly<Record<string, unknown>>;

/** Of one amphora, the load balancer it serves, and what is below that. */
const KINDS = ['loadBalancer', 'amphora', 'listener', 'pool', 'member'] as const;
type Ids = Readonly<Record<(typeof KINDS)[number], string>>;

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Ids that tell their number; their first digits are spread over all that there are, as those of real ones. */
const idsOf = (number: number): Ids => {
  const scattered = hex(Math.imul(number + 1, 0x9e37_79b1) >>> 0, 8);
  const id = (kind: (typeof KINDS)[number]): string =>
    `${scattered}-0000-4000-800${KINDS.indexOf(kind)}-${hex(number, 12)}`;
  return {
    loadBalancer: id('loadBalancer'),
    amphora: id('amphora'),
    listener: id('listener'),
    pool: id('pool'),
    member: id('member'),
  };
};

/** Where its heartbeats come from, and whose key signs them. */
const addressOf = (number: number): string => `127.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;

/** A heartbeat and where it comes from. */
export interface SentHeartbeat {
  readonly datagram: Buffer;
  readonly address: string;
}

/** What an amphora says in its next heartbeat. */
export interface Said {
  readonly member?: string;
  readonly stats?: typeof zero;
}

/** Simulated amphorae, each the only one of a load balancer with a listener, a pool and a member. */
export interface Amphorae {
  idsOf(number: number): Ids;
  /** The rows that are there from the beginning: those of the load balancer, and where the amphora's id leads to. */
  rowsOf(number: number): readonly Row[];
  /** Those of them in one partition. */
  partition(pk: string): readonly Row[];
  /** Its last heartbeat as the table has it. @param at ms since 1970 */
  heartbeatRow(number: number, sequence: number, at: number): Row;
  /** The amphora that has an address. */
  sourceRow(pk: string): Row;
  sent(number: number, sequence: number, said?: Said): SentHeartbeat;
}

/** Makes one as the flows do, after which all others are shaped. */
export const simulateAmphorae = async (): Promise<Amphorae> => {
  const site = await watched();
  const template: Ids = {
    loadBalancer: site.loadBalancer.id,
    amphora: site.amphoraIds[0] ?? '',
    listener: site.ids.listener,
    pool: site.ids.pool,
    member: site.ids.member,
  };
  const tree = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(template.loadBalancer).pk },
  });
  const rows = [...tree, await findRow(pointerKey(template.amphora))];
  // No list is asked for here, and without the lists' keys there is less to write.
  const texts = rows.map((row) => JSON.stringify({ ...row, project_key: undefined, type_key: undefined }));
  const kindOf = new Map(KINDS.map((kind) => [template[kind], kind]));
  const anyId = new RegExp([...kindOf.keys()].join('|'), 'g');
  const numberOf = (id: string): number => Number.parseInt(id.slice(-12), 16);
  const shaped = (text: string, ids: Ids): Row =>
    JSON.parse(
      text
        .replace(anyId, (id) => ids[kindOf.get(id) ?? 'amphora'])
        .replace('"lb_network_ip":"127.0.0.1"', `"lb_network_ip":"${addressOf(numberOf(ids.amphora))}"`),
    );
  const sourceRow = (pk: string): Row => {
    const [, second = 64, third = 0, fourth = 0] = pk
      .slice(pk.indexOf('#') + 1)
      .split('.')
      .map(Number);
    const number = ((second - 64) << 16) + (third << 8) + fourth;
    return { ...sourceKey(addressOf(number)), amphora_id: idsOf(number).amphora };
  };
  return {
    idsOf,
    rowsOf: (number) => [
      ...texts.map((text) => shaped(text, idsOf(number))),
      sourceRow(sourceKey(addressOf(number)).pk),
    ],
    sourceRow,
    partition: (pk) => {
      const kind = pk.slice(0, pk.indexOf('#') + 1);
      const ids = idsOf(numberOf(pk));
      return texts.filter((text) => text.includes(`"pk":"${kind}`)).map((text) => shaped(text, ids));
    },
    heartbeatRow: (number, sequence, at) => {
      const { amphora: amphora_id, loadBalancer: loadbalancer_id } = idsOf(number);
      const heard_at = new Date(at).toISOString();
      const heartbeat = { amphora_id, loadbalancer_id, zone: 'nova', sequence, heard_at, listeners: null };
      return {
        ...healthKey(amphora_id, HealthRow.HEARTBEAT),
        ...heartbeat,
        work_key: heartbeatShardOf(amphora_id),
        work_at: heard_at,
      };
    },
    sent: (number, sequence, said = {}) => {
      const { loadBalancer, amphora, ...ids } = idsOf(number);
      const one: Watched = { loadBalancer: { ...site.loadBalancer, id: loadBalancer }, amphoraIds: [amphora], ids };
      return {
        datagram: seal(heartbeatOf(one, sequence, said), amphoraKeyOf(KEY, amphora)),
        address: addressOf(number),
      };
    },
  };
};

const AT_ONCE = 25;
const CLIENTS = 8;

/** Writes rows, as many to a request as DynamoDB takes. @param rows of the number-th part */
export const writeRows = async (parts: number, rows: (number: number) => readonly Row[]): Promise<void> => {
  const perPart = rows(0).length;
  const partsAtOnce = Math.max(1, Math.floor(AT_ONCE / perPart));
  await runClients(CLIENTS, Math.ceil(parts / partsAtOnce), async (batch) => {
    const numbers = Array.from({ length: partsAtOnce }, (_, at) => batch * partsAtOnce + at);
    const items = numbers.filter((number) => number < parts).flatMap((number) => rows(number));
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    await documents().send(new BatchWriteCommand({ RequestItems: { [tableName()]: requests } }));
  });
};
