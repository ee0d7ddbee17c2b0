import {
  allow,
  executions,
  getAtt,
  machines,
  putEvents,
  query,
  type Statement,
  secrets,
  start,
  table,
} from './statements.ts';

/*
 * One role per need. Actions name exactly what the handlers call: a transaction is authorized by its members' actions. Each
 * role also writes the logs of its functions.
 */

export interface Role {
  /** Its functions call the cloud or agents, and run where these can be reached. */
  readonly reaches: boolean;
  readonly may: readonly Statement[];
}

const clouds = secrets('clouds');
const agents = secrets('client-certificate', 'server-ca-certificate');
const heartbeats = secrets('heartbeat-key');
/** Spares are listed as of a project. */
const spares = query('by_project');
const amphorae = query('by_type');
const authority = secrets('server-ca-certificate', 'server-ca-private-key', 'client-ca-certificate');

const TABLE = {
  // Commits operations, starts their flows, checks tokens and makes the VIP port.
  ApiRole: {
    reaches: true,
    may: [
      // A check for drift that an operator asks for.
      putEvents,
      table,
      query('by_project', 'by_type'),
      start,
      // An operator's redrive looks at the execution, and may stop it.
      allow(['states:DescribeExecution', 'states:StopExecution'], executions),
      clouds,
    ],
  },
  // Starts what was committed and not started, what a limit has room for, and what lost its execution.
  HousekeepingRole: {
    reaches: false,
    may: [
      table,
      query('by_work'),
      start,
      allow('states:ListExecutions', machines),
      allow('states:DescribeExecution', executions),
    ],
  },
  // Reads the table's changes and puts events on the bus; reads the records of operations for the reasons.
  EventsRole: {
    reaches: false,
    may: [
      allow(
        ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
        [getAtt('Table', 'StreamArn')],
      ),
      allow('dynamodb:GetItem', getAtt('Table', 'Arn')),
      putEvents,
      allow('sqs:SendMessage', [getAtt('EventsDeadLetters', 'Arn')]),
    ],
  },
  // Probes a stale amphora, and has it replaced, by a spare if there is one. Alarms that stand are in the index of work.
  HealthRole: { reaches: true, may: [table, query('by_work'), spares, start, clouds, agents] },
  // Compares the cloud with the table, and deletes orphans.
  SweepRole: { reaches: true, may: [table, query('by_type'), clouds] },
  // Starts what keeps amphorae in order. Heartbeats are in the index of work.
  UpkeepRole: { reaches: false, may: [table, amphorae, query('by_work'), start, heartbeats] },
  // The same, and says which amphorae are not: knows the authority that certificates should be of, without its key.
  RotationRole: {
    reaches: false,
    may: [table, amphorae, spares, start, secrets('server-ca-certificate'), putEvents],
  },
  // Compares the cloud and the agents with the table, and replaces amphorae of the whole fleet, or of one project. A repair
  // takes a spare, if there is one.
  FleetRole: { reaches: true, may: [table, amphorae, spares, start, clouds, agents] },
  // Builds and deletes spare amphorae; asks for the image they should be of.
  SparesRole: { reaches: true, may: [table, spares, start, clouds] },
  // Takes away rows of what was deleted, when the cloud has nothing of it any more.
  PurgeRole: { reaches: true, may: [table, query('by_work'), clouds] },
  // Tasks that only move rows.
  DatabaseRole: { reaches: false, may: [table] },
  // Tasks that call the cloud.
  CloudRole: { reaches: true, may: [table, clouds] },
  // Tasks that call an agent.
  AgentRole: { reaches: true, may: [table, agents] },
  // Gives an agent its configuration, with the amphora's heartbeat key.
  AgentConfigRole: { reaches: true, may: [table, agents, heartbeats] },
  // Tasks that call the cloud and the agents.
  AmphoraRole: { reaches: true, may: [table, clouds, agents] },
  // Issues an amphora's certificate before it boots. Only this role and the next may read the authority's key.
  ComputeCreateRole: { reaches: true, may: [table, clouds, authority, heartbeats] },
  // Issues a certificate for an amphora that runs, and gives it to its agent.
  CertificateRole: { reaches: true, may: [table, agents, authority] },
} as const satisfies Readonly<Record<string, Role>>;

export type RoleName = keyof typeof TABLE;

export const ROLES: Readonly<Record<RoleName, Role>> = TABLE;
