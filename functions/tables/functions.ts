import { ended, operatorAlarm, own, schedule, statusChanges, type Trigger } from './events.ts';
import type { RoleName } from './roles.ts';
import { custom, param } from './variables.ts';

/*
 * Every function, by the folder of its handler. A task's key is the name of its state. `npm run package` holds this table,
 * the handlers and the flows together.
 */

export interface FunctionEntry {
  /** The least one of roles.ts that does. */
  readonly role: RoleName;
  /** Seconds. */
  readonly timeout: number;
  /** MiB. @default that of serverless.yml */
  readonly memorySize?: number;
  /** A task is described in its flows. */
  readonly description?: string;
  /** What starts it. @default its flows alone */
  readonly events?: readonly Trigger[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Without its ending. @default that of the key: AmphoraWait is in amphora-wait.ts */
  readonly file?: string;
  /** Its bundle has parts that are loaded when a request needs them. */
  readonly inParts?: true;
}

/** For functions that read the whole fleet. */
const FLEET = { timeout: 300, memorySize: 1024 };

/** By name, as every secret: a function's configuration can be read. */
const HEARTBEAT_KEY = { HEARTBEAT_KEY: `secret:${custom('secrets')}/heartbeat-key` };

const TABLE = {
  api: {
    Api: {
      file: 'handler',
      description: 'The load balancer API, version 2',
      role: 'ApiRole',
      timeout: 29,
      memorySize: 512,
      inParts: true,
      // Every method and path: the API itself answers 404 and 405, as upstream does.
      events: [{ httpApi: '*' }],
    },
  },

  housekeeping: {
    DispatchOperations: {
      description: 'Starts what was committed and not started',
      role: 'HousekeepingRole',
      timeout: 50,
      events: [schedule(param('RECOVERY_SCHEDULE'))],
    },
    AdmitOperations: {
      description: 'Lets in who waits for a limit, when an operation has ended',
      role: 'HousekeepingRole',
      timeout: 50,
      events: [ended('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED')],
    },
    RecoverOperations: {
      description: 'Carries on what lost its execution',
      role: 'HousekeepingRole',
      timeout: 50,
      // Events are best effort, and so is being called at once; the schedule finds the rest.
      events: [schedule(param('RECOVERY_SCHEDULE')), ended('FAILED', 'TIMED_OUT', 'ABORTED')],
    },
    RotateCertificates: {
      description: 'Gives new certificates to amphorae whose certificate ends soon',
      role: 'RotationRole',
      ...FLEET,
      events: [schedule(param('CERT_SCHEDULE'))],
    },
    UpdateAgentConfigs: {
      description: 'Tells agents of a new heartbeat key, interval or receivers',
      role: 'UpkeepRole',
      ...FLEET,
      // As at boot: the agents' recorded configuration is compared with it.
      environment: HEARTBEAT_KEY,
      events: [schedule(param('AGENT_CONFIG_SCHEDULE'))],
    },
    SweepOrphans: {
      description: "Finds resources in the cloud that have this project's names and no owner any more",
      role: 'SweepRole',
      ...FLEET,
      events: [schedule('rate(1 hour)')],
    },
    ReportDrift: {
      description: 'Compares Nova, Neutron and the agents with the table',
      role: 'FleetRole',
      ...FLEET,
      // The event is what the API is asked for.
      events: [schedule(param('DRIFT_SCHEDULE')), own('Drift Check Requested')],
    },
    KeepSpares: {
      description: 'Keeps spare amphorae for load balancers to come',
      role: 'SparesRole',
      timeout: 50,
      events: [schedule('rate(1 minute)')],
    },
    RollOut: {
      description: 'Goes on with the roll-out that has not ended',
      role: 'FleetRole',
      ...FLEET,
      timeout: 120,
      events: [schedule('rate(1 minute)')],
    },
    PurgeDeletedRows: {
      description: 'Forgets what was deleted long ago',
      role: 'PurgeRole',
      timeout: 300,
      events: [schedule('rate(10 minutes)')],
    },
  },

  events: {
    PublishTransitions: {
      description: 'Makes events of what the table says of statuses',
      role: 'EventsRole',
      timeout: 60,
      events: [statusChanges],
    },
  },

  health: {
    LookAfterAlarm: {
      description: 'Turns health alarms into failovers',
      role: 'HealthRole',
      timeout: 60,
      events: [
        // The heartbeat receivers' own.
        own('Amphora Health Alarm'),
        operatorAlarm,
        { sns: `${custom('prefix')}-health-alarms` },
        // CloudWatch notifies once, so a failed attempt is retried here.
        schedule('rate(1 minute)'),
      ],
    },
  },

  amphora: {
    AmphoraWait: { role: 'AmphoraRole', timeout: 30 },
    PlugVIPAmphora: { role: 'AgentRole', timeout: 90 },
    ListenersUpdate: { role: 'AmphoraRole', timeout: 90, inParts: true },
    AmphoraVRRPUpdate: { role: 'AmphoraRole', timeout: 90 },
    AmphoraTakeOver: { role: 'AgentRole', timeout: 30 },
    PlanFailover: { role: 'AgentRole', timeout: 30 },
    AmphoraCertUpload: { role: 'CertificateRole', timeout: 60 },
    // As at boot: the agent's file is replaced as a whole.
    AmphoraConfigUpdate: { role: 'AgentConfigRole', timeout: 30, environment: HEARTBEAT_KEY },
  },

  compute: {
    ComputeCreate: { role: 'ComputeCreateRole', timeout: 60, environment: HEARTBEAT_KEY },
    ComputeDelete: { role: 'CloudRole', timeout: 60 },
    NovaServerGroupCreate: { role: 'CloudRole', timeout: 60 },
    NovaServerGroupDelete: { role: 'CloudRole', timeout: 60 },
  },

  database: {
    GetUnfinishedAmphorae: { role: 'DatabaseRole', timeout: 15 },
    ReleaseAmphora: { role: 'DatabaseRole', timeout: 15 },
    GetAmphorae: { role: 'DatabaseRole', timeout: 15 },
    BeginRollback: { role: 'DatabaseRole', timeout: 15 },
    MarkLBActiveInDB: { role: 'DatabaseRole', timeout: 30 },
    MarkLBErrorInDB: { role: 'DatabaseRole', timeout: 15 },
    MarkLBDeletedInDB: { role: 'DatabaseRole', timeout: 15 },
    MarkAmphoraReadyInDB: { role: 'DatabaseRole', timeout: 15 },
    MarkAmphoraDeletedInDB: { role: 'DatabaseRole', timeout: 15 },
    MarkAmphoraErrorInDB: { role: 'DatabaseRole', timeout: 15 },
    DeleteAmphoraInDB: { role: 'DatabaseRole', timeout: 15 },
    PrepareChanges: { role: 'DatabaseRole', timeout: 20 },
    SettleChanges: { role: 'DatabaseRole', timeout: 30 },
    MarkChangesErrorInDB: { role: 'DatabaseRole', timeout: 30 },
  },

  network: {
    AllocateVIP: { role: 'CloudRole', timeout: 60 },
    UpdateVIPSecurityGroup: { role: 'CloudRole', timeout: 60 },
    CreateBasePort: { role: 'AmphoraRole', timeout: 60 },
    DeleteAmphoraPorts: { role: 'CloudRole', timeout: 60 },
    DeallocateVIP: { role: 'CloudRole', timeout: 60 },
    DeleteVIPSecurityGroup: { role: 'CloudRole', timeout: 60 },
    HandleNetworkDeltas: { role: 'AmphoraRole', timeout: 90 },
    AdminDownPort: { role: 'CloudRole', timeout: 60 },
    AdminUpPort: { role: 'CloudRole', timeout: 60 },
    ApplyQos: { role: 'CloudRole', timeout: 60 },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, FunctionEntry>>>>;

export const FUNCTIONS: Readonly<Record<keyof typeof TABLE, Readonly<Record<string, FunctionEntry>>>> = TABLE;
