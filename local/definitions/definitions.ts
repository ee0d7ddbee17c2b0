import { resolve } from 'node:path';
import { parametersOf } from '../../lib/settings/stage.ts';
import { isJsonObject, type Json } from '../json.ts';
import { ACCOUNT } from '../stepfunctions/names.ts';
import { ServiceFileError } from './errors.ts';
import { type FunctionEvents, readEvents } from './events.ts';
import { createFileReader } from './files.ts';
import { evaluateFunctions, type Surroundings, streamArn } from './intrinsic-functions.ts';
import { findTable, parseService, type Service, type TableDefinition } from './service.ts';
import { createResolve } from './variables.ts';

export interface FunctionDefinition {
  /** The function's key in the service file: the local stack's name for it. */
  readonly key: string;
  /** `dist/functions/<concern>/<file>.<export>` */
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly events: FunctionEvents;
}

export interface StateMachineDefinition {
  readonly key: string;
  readonly name: string;
  /** With the ARNs of the local functions. */
  readonly definition: Json;
}

export interface Definitions {
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** Environment of every function. */
  readonly environment: Readonly<Record<string, string>>;
  readonly functions: readonly FunctionDefinition[];
  readonly stateMachines: readonly StateMachineDefinition[];
  readonly table: TableDefinition;
  /** Of the table's changes. */
  readonly streamArn: string;
}

export interface ReadOptions {
  /** The service file. */
  readonly file: string;
  /** @default dev, or what the service file says */
  readonly stage?: string;
  /** The service's parameters are taken from it, too. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** AWS Lambda's own default, in seconds. */
const DEFAULT_TIMEOUT = 6;

const textOf = (value: Json, name: string): string => {
  if (value === null) return '';
  if (typeof value === 'object') throw new ServiceFileError(`The variable ${name} of the environment is not text.`);
  return String(value);
};

const readEnvironment = (values: Readonly<Record<string, Json>> | undefined, around: Surroundings) =>
  Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, textOf(evaluateFunctions(value, around), name)]),
  );

const readFunctions = (service: Service, around: Surroundings): FunctionDefinition[] =>
  service.functions
    .flatMap((part) => Object.entries(part))
    .map(([key, shape]) => ({
      key,
      handler: shape.handler,
      timeout: shape.timeout ?? service.provider.timeout ?? DEFAULT_TIMEOUT,
      environment: readEnvironment(shape.environment, around),
      events: readEvents(shape.events ?? []),
    }));

const readStateMachines = (service: Service, around: Surroundings): StateMachineDefinition[] =>
  Object.entries(service.stepFunctions?.stateMachines ?? {}).map(([key, { name, definition }]) => ({
    key,
    name: name ?? key,
    definition: evaluateFunctions(definition, around),
  }));

/** The service file with every variable filled in, and nothing else changed. Fails with ServiceFileError. */
export const readService = (options: ReadOptions): { service: Json; stage: string; region: string } => {
  const file = resolve(options.file);
  const readFile = createFileReader(resolve(file, '..'));
  const service = readFile(file);
  if (!isJsonObject(service ?? undefined)) throw new ServiceFileError(`${file} is not there, or not a service file.`);
  const given = options.stage === undefined ? {} : { stage: options.stage };
  const create = (stage: string, region: string) =>
    createResolve({
      service,
      stage,
      region,
      options: given,
      environment: options.environment,
      parameters: parametersOf(options.environment),
      accountId: ACCOUNT,
      readFile,
    });
  const first = create(options.stage ?? 'dev', 'us-east-1');
  const provider = isJsonObject(service) && isJsonObject(service.provider) ? service.provider : {};
  const stage = options.stage ?? textOf(first(provider.stage ?? 'dev'), 'stage');
  const region = textOf(first(provider.region ?? 'us-east-1'), 'region');
  return { service: create(stage, region)(service), stage, region };
};

/**
 * Reads the service file that is deployed, and what it includes, into what the local stack runs: functions with their
 * events, state machines, environment and table. Fails with ServiceFileError, naming what is wrong.
 */
export const readDefinitions = (options: ReadOptions): Definitions => {
  const { service: resolved, stage, region } = readService(options);
  const service = parseService(resolved);
  const table = findTable(service);
  const functions = new Set(service.functions.flatMap((part) => Object.keys(part)));
  const around: Surroundings = { region, functions, tableName: table.TableName };
  const read = readFunctions(service, around);
  const reader = read.find(({ events }) => events.streams.length > 0);
  if (reader && table.StreamSpecification?.StreamViewType !== 'NEW_AND_OLD_IMAGES') {
    throw new ServiceFileError(
      `serverless.yml: ${reader.key} reads a stream with both images, and the table has none.`,
    );
  }
  return {
    service: service.service,
    stage,
    region,
    environment: readEnvironment(service.provider.environment, around),
    functions: read,
    stateMachines: readStateMachines(service, around),
    table,
    streamArn: streamArn(around),
  };
};
