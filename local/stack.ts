import { join, resolve } from 'node:path';
import { settingProblems } from '../lib/settings/check.ts';
import { type Closer, createCloser } from './closer.ts';
import { openDataFolder } from './data-folder.ts';
import { readDefinitions } from './definitions/definitions.ts';
import { applySettings, deployedSettings, type Settings } from './environment.ts';
import { StartError } from './errors.ts';
import { createEventStream, EVENTS_PATH } from './events/event-stream.ts';
import { openFeed } from './events/feed.ts';
import { startGateway } from './gateway/gateway.ts';
import { createHostility } from './hostile/hostility.ts';
import { createLateCalls } from './hostile/late-calls.ts';
import { startSkewedClock } from './hostile/skewed-clock.ts';
import { createLambda, type LambdaOptions } from './lambda/lambda.ts';
import { consoleLogger, quietLogger } from './log.ts';
import { openHeartbeatKey, openPki } from './pki.ts';
import { createPublish, startEventBus } from './scheduler/event-bus.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import type { Stack, StackOptions, StackPorts } from './stack-options.ts';
import {
  named,
  openCloud,
  openDatabase,
  openFlows,
  openHeartbeats,
  openLambda,
  readChanges,
  type Site,
} from './stack-parts.ts';
import type { BusEvent } from './stepfunctions/status-event.ts';

export type { Stack, StackOptions, StackPorts } from './stack-options.ts';

/** Like Promise.all, but a failure waits for the others: what they opened can then be closed. */
const allOf: typeof Promise.all = async (promises: Iterable<unknown>) => {
  await Promise.allSettled(promises);
  return Promise.all(promises);
};

const dummyCredentials = (region: string): Settings => ({
  AWS_REGION: process.env.AWS_REGION ?? region,
  AWS_ACCESS_KEY_ID: process.env.AWS_ACCESS_KEY_ID ?? 'local',
  AWS_SECRET_ACCESS_KEY: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
});

const noPorts: StackPorts = { api: 0, cloud: 0, dynamodb: 0, stepFunctions: 0, events: 0, lambda: 0, heartbeats: 0 };

const openSite = (options: StackOptions, closer: Closer): Site => {
  const data = openDataFolder(options.dataFolder);
  closer.add(data.release);
  return {
    options,
    host: options.host ?? '127.0.0.1',
    ports: { ...noPorts, ...options.ports },
    path: data.path,
    kept: data.kept ? data.path : null,
    closer,
    hostility: options.hostile === undefined ? null : createHostility(options.hostile),
    logger: options.quiet ? () => quietLogger : consoleLogger,
  };
};

/** What must be known of a cloud that is not the stand-in. */
const OF_A_CLOUD = ['AMP_FLAVOR_ID', 'AMP_BOOT_NETWORK_LIST'];

/** @throws StartError a line for each setting that cannot be, or that is missing */
const checkSettings = ({ settings, standInCloud }: StackOptions): void => {
  const environment = { ...process.env, ...settings };
  const hasCloud = standInCloud === false && Boolean(environment.OS_CLOUD || environment.OS_AUTH_URL);
  const problems = settingProblems(environment, hasCloud ? OF_A_CLOUD : []);
  if (problems.length > 0) throw new StartError(problems.join('\n'));
};

/** Gives each function of a hostile stack a clock of its own. */
const skewClocks = ({ hostility, closer }: Site): Pick<LambdaOptions, 'around'> => {
  if (hostility === null) return {};
  const clock = startSkewedClock();
  closer.add(clock.stop);
  return { around: (functionKey, run) => clock.run(hostility.skewOf(functionKey), run) };
};

const start = async (options: StackOptions, closer: Closer): Promise<Stack> => {
  checkSettings(options);
  const folder = resolve(options.folder ?? join(import.meta.dirname, '..'));
  const definitions = readDefinitions({
    file: join(folder, 'serverless.yml'),
    environment: process.env,
    ...(options.stage === undefined ? {} : { stage: options.stage }),
  });
  const { region, functions, table } = definitions;
  const site = openSite(options, closer);
  const { host, ports, path, logger } = site;
  closer.add(applySettings(dummyCredentials(region)));
  // Functions that still run when the stack stops need their settings to the end.
  let restore = (): void => {};
  closer.add(() => restore());

  const [cloud, database, pki] = await allOf([
    openCloud(site),
    openDatabase(site, definitions),
    openPki(join(path, 'pki')),
  ]);
  const lambda = createLambda({ folder, region, functions, ...skewClocks(site) });
  const lambdaEndpoint = await openLambda(site, lambda);
  const flows = await openFlows(site, definitions, lambda);
  const heartbeats = await openHeartbeats(site, cloud.cloud !== null);

  restore = applySettings({
    ...deployedSettings(definitions),
    ...pki,
    HEARTBEAT_KEY: openHeartbeatKey(path),
    OS_CLOUDS_SECRET: undefined,
    TABLE_NAME: table.TableName,
    DYNAMODB_ENDPOINT: database.endpoint,
    STEP_FUNCTIONS_ENDPOINT: flows.endpoint,
    STATE_MACHINE_ARN_PREFIX:
      definitions.environment.STATE_MACHINE_ARN_PREFIX?.replace(/^.*:/, flows.prefix) ?? flows.prefix,
    ...cloud.settings,
    ...heartbeats?.settings,
    ...options.settings,
  });

  const log = logger('functions');
  const invokeSoon = (key: string, payload: unknown): void => {
    lambda.invoke(key, payload).catch((error: unknown) => log.error(`${key} failed`, error));
  };
  const calls = site.hostility === null ? null : createLateCalls(site.hostility, invokeSoon);
  if (calls) closer.add(calls.stop);
  const { invokeLater } = calls ?? { invokeLater: invokeSoon };
  const publish = createPublish(functions, invokeLater);
  const feed = openFeed(site.kept);
  closer.add(feed.close);
  const onBus = (event: BusEvent): void => {
    feed.add(event);
    publish(event);
  };
  const events = await named(
    'EventBridge',
    ports.events,
    startEventBus({ host, port: ports.events, region, publish: onBus, log }),
  );
  closer.add(events.stop);
  closer.add(applySettings({ EVENT_BUS_ENDPOINT: events.endpoint }));
  const receiver = heartbeats === null ? null : await heartbeats.receive();
  const stopListening = options.executionEvents === false ? undefined : flows.embedded?.onStatusChange(publish);
  if (stopListening) closer.add(stopListening);
  // Reads the settings when it is imported.
  const { authenticate, may } = await import('../functions/api/middleware/strategy.ts');
  const eventStream = createEventStream({ feed, authenticate, may });
  const gateway = await named(
    'the API',
    ports.api,
    startGateway({ functions, invoke: lambda.invoke, host, port: ports.api, log, own: { [EVENTS_PATH]: eventStream } }),
  );
  closer.add(gateway.stop);
  readChanges(site, definitions, database.embedded?.changes ?? null, lambda.invoke);
  cloud.cloud?.setLoadBalancerEndpoint(gateway.endpoint);
  if (options.schedules !== false) closer.add(startScheduler(functions, region, invokeLater).stop);

  return {
    apiUrl: gateway.endpoint,
    endpoints: {
      dynamodb: database.endpoint,
      stepFunctions: flows.endpoint,
      events: events.endpoint,
      lambda: lambdaEndpoint,
    },
    cloud: cloud.cloud,
    cloudsFile: cloud.cloudsFile,
    table: { name: table.TableName, endpoint: database.endpoint },
    definitions,
    dynamodb: database.embedded,
    stepFunctions: flows.embedded,
    heartbeats: receiver,
    stateMachineArnPrefix: process.env.STATE_MACHINE_ARN_PREFIX ?? flows.prefix,
    invoke: (functionKey, payload = {}) => lambda.invoke(functionKey, payload),
    stop: closer.close,
  };
};

/**
 * Starts the whole local stack in this process: API, flows, functions, table and cloud, from the service file that is
 * deployed. The functions read their settings from this process's environment, so there is one stack per process (or
 * per test file) at a time. Fails with StartError for what a person can mend; whatever was started is stopped again.
 */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const closer = createCloser();
  try {
    return await start(options, closer);
  } catch (error) {
    await closer.close();
    throw error;
  }
};
