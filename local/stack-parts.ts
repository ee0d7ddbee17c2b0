import { writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { bindSocket } from '../lib/health/receiver/bind-socket.ts';
import type { RunningReceiver } from '../lib/health/receiver/receiver.ts';
import type { Closer } from './closer.ts';
import { type AddressBlock, type StandInCloud, startCloud } from './cloud/cloud.ts';
import type { Definitions } from './definitions/definitions.ts';
import { ServiceFileError } from './definitions/errors.ts';
import type { ChangeStream, StreamOptions } from './dynamodb/change-stream.ts';
import { startDynamodb } from './dynamodb/dynamodb.ts';
import { type Settings, standInSettings } from './environment.ts';
import { codeOf, messageOf, StartError } from './errors.ts';
import type { Hostility } from './hostile/hostility.ts';
import { hostileDelivery, hostileInvoke, hostileThrottle } from './hostile/services.ts';
import { startLambdaEndpoint } from './lambda/endpoint.ts';
import { startEventSource, wantsRecord } from './lambda/event-source.ts';
import type { Lambda } from './lambda/lambda.ts';
import type { Logger } from './log.ts';
import { OWN_MARK, ownCloudsFile } from './own-clouds.ts';
import type { StackOptions, StackPorts } from './stack-options.ts';
import { ensureStateMachines } from './state-machines.ts';
import { startStepfunctions } from './stepfunctions/stepfunctions.ts';
import { ensureTable } from './table.ts';

/** How long functions that still run may take to end when the stack stops. */
const GOODBYE_MS = 1500;

/** How long transactions of a hostile table are in flight, which is when others conflict with them; as long as DynamoDB's. */
const CONFLICT_MS = 10;

/** Where the parts of one stack are built. */
export interface Site {
  readonly options: StackOptions;
  readonly host: string;
  readonly ports: StackPorts;
  /** The data folder. */
  readonly path: string;
  /** The same, null when nothing is to be kept. */
  readonly kept: string | null;
  readonly closer: Closer;
  /** null where the services are kind. */
  readonly hostility: Hostility | null;
  logger(part: string): Logger;
}

const NO_ADDRESS = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

/** Says in a person's words that a port cannot be had. */
export const named = async <T>(what: string, port: number, start: Promise<T>): Promise<T> => {
  try {
    return await start;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE') throw new StartError(`Port ${port} for ${what} is in use.`);
    if (code === 'EACCES') throw new StartError(`Port ${port} for ${what} may not be taken.`);
    if (code !== null && NO_ADDRESS.has(code))
      throw new StartError(`${what} cannot listen: ${messageOf(error)}. Is --host an address of this machine?`);
    throw error;
  }
};

/** Starts the stand-in cloud, unless another one is used. */
export const openCloud = async ({ options, host, ports: { cloud: port }, path, kept, closer, logger }: Site) => {
  if (options.standInCloud === false) {
    return { cloud: null, cloudsFile: null, settings: {} };
  }
  const start = (addressBlock: AddressBlock | 'any' | undefined): Promise<StandInCloud> =>
    startCloud({
      dataFolder: kept === null ? null : join(kept, 'cloud'),
      host,
      port,
      log: logger('cloud').info,
      ...(options.bootDelayMs === undefined ? {} : { bootDelayMs: options.bootDelayMs }),
      ...(addressBlock === undefined ? {} : { addressBlock }),
    });
  const cloud = await named(
    'the cloud',
    port,
    // No certain addresses are required: when another stand-in cloud has the usual ones, others do as well.
    options.addressBlock === undefined
      ? start(undefined).catch((error: unknown) => (error instanceof StartError ? Promise.reject(error) : start('any')))
      : start(options.addressBlock),
  );
  closer.add(cloud.stop);
  const cloudsFile = ownCloudsFile(path);
  writeFileSync(cloudsFile, `${OWN_MARK}${cloud.cloudsYaml()}`, { mode: 0o600 });
  return { cloud, cloudsFile, settings: standInSettings(cloud.facts, cloudsFile) };
};

/** Starts Lambda's Invoke; beyond this machine only where flows that run elsewhere need it. */
export const openLambda = async ({ options, host, ports, closer }: Site, lambda: Lambda): Promise<string> => {
  const address = options.stepFunctionsEndpoint ? host : '127.0.0.1';
  const { endpoint, stop } = await named('Lambda', ports.lambda, startLambdaEndpoint(lambda, address, ports.lambda));
  closer.add(stop);
  return endpoint;
};

/** Starts the embedded Step Functions, or prepares the one that is given. */
export const openFlows = async (
  { options, host, ports, kept, closer, hostility, logger }: Site,
  definitions: Definitions,
  lambda: Lambda,
) => {
  const { region, stateMachines } = definitions;
  const given = options.stepFunctionsEndpoint;
  if (given) {
    const prefix = await ensureStateMachines(given, region, stateMachines);
    return { embedded: null, endpoint: given, prefix };
  }
  const { aroundTask = (_call, run) => run() } = options;
  const invoke = hostility === null ? lambda.invoke : hostileInvoke(hostility, lambda.invoke);
  const embedded = await named(
    'Step Functions',
    ports.stepFunctions,
    startStepfunctions({
      region,
      host,
      port: ports.stepFunctions,
      folder: kept,
      stateMachines,
      invoke: (call) => aroundTask(call, () => invoke(call.functionName, call.payload)),
      log: logger('step functions'),
      ...(hostility !== null && {
        isThrottled: (operation: string) => hostility.hits(`flows ${operation}`),
        viewLagMs: () => hostility.lag('executions'),
      }),
      ...(options.secondMs === undefined ? {} : { secondMs: options.secondMs }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    }),
  );
  closer.add(() => lambda.idle(GOODBYE_MS));
  closer.add(embedded.stop);
  return { embedded, endpoint: embedded.endpoint, prefix: embedded.stateMachineArnPrefix };
};

/** The table's stream, with what some function reads of it. */
const streamOf = ({ table, region, streamArn, functions }: Definitions): StreamOptions => {
  const sources = functions.flatMap(({ events }) => events.streams);
  return {
    tableName: table.TableName,
    keys: table.KeySchema.map(({ AttributeName }) => AttributeName),
    region,
    arn: streamArn,
    wants: (record) => sources.some((source) => wantsRecord(source, record)),
  };
};

const partitionKeyOf = ({ table }: Definitions): string => table.KeySchema[0]?.AttributeName ?? '';

/** Starts the embedded DynamoDB unless another one is given, and creates the table. */
export const openDatabase = async (
  { options, host, ports, kept, closer, hostility, logger }: Site,
  definitions: Definitions,
) => {
  const { dynamodbEndpoint: given } = options;
  const { dynamodb: port } = ports;
  const folder = kept === null ? null : join(kept, 'dynamodb');
  const embedded = given
    ? null
    : await named(
        'DynamoDB',
        port,
        startDynamodb({
          folder,
          host,
          port,
          log: logger('dynamodb'),
          stream: streamOf(definitions),
          ...(hostility !== null && {
            throttle: hostileThrottle(hostility, partitionKeyOf(definitions)),
            indexLagMs: (item: string) => hostility.lag(`index entries of ${item}`),
          }),
        }),
      );
  if (hostility !== null) embedded?.setConflictWindow(CONFLICT_MS);
  if (embedded) closer.add(embedded.stop);
  const endpoint = given || (embedded?.endpoint ?? '');
  await ensureTable(endpoint, definitions.region, definitions.table);
  return { embedded, endpoint };
};

/**
 * Takes the port of the heartbeats, so that amphorae can be told of it; null when none are to be received. `receive` is
 * for the time when the functions' settings are in force.
 */
export const openHeartbeats = async ({ options, host, ports, closer }: Site, standIn: boolean) => {
  const setting = (name: string): string | undefined => options.settings?.[name] || process.env[name] || undefined;
  const given = setting('HEARTBEAT_BIND_IP');
  if (options.heartbeats === false || (given === undefined && !standIn)) return null;
  const address = given ?? host;
  const port = Number(setting('HEARTBEAT_BIND_PORT') ?? ports.heartbeats);
  const socket = await named('heartbeats', port, bindSocket(address, port));
  closer.add(async () => {
    // A receiver that was started closes it by itself.
    if (running === null) socket.close();
    else await running.stop();
  });
  let running: RunningReceiver | null = null;
  const endpoint = `${isIPv6(address) ? `[${address}]` : address}:${socket.address().port}`;
  const settings: Settings = { CONTROLLER_IP_PORT_LIST: setting('CONTROLLER_IP_PORT_LIST') ?? endpoint };
  return {
    settings,
    receive: async (): Promise<RunningReceiver> => {
      // Reads the settings when it is imported.
      const { receiveHeartbeats } = await import('../lib/health/receiver/heartbeat-receiver.ts');
      running = receiveHeartbeats(socket);
      return running;
    },
  };
};

/** Hands the table's changes to the functions that read them; nothing where another DynamoDB has the table. */
export const readChanges = (
  { closer, hostility, logger }: Site,
  definitions: Definitions,
  changes: ChangeStream | null,
  invoke: Lambda['invoke'],
): void => {
  if (changes === null) return;
  const readers = definitions.functions.flatMap(({ key, events }) =>
    events.streams.map((source) => ({ functionKey: key, source })),
  );
  if (readers.length > 1)
    throw new ServiceFileError('serverless.yml: the local stack lets one function read the stream.');
  for (const reader of readers) {
    const delivery = hostility === null ? {} : { delivery: hostileDelivery(hostility, partitionKeyOf(definitions)) };
    closer.add(startEventSource({ ...reader, ...delivery, stream: changes, invoke, log: logger('stream') }).stop);
  }
};
