import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { StartError } from './errors.ts';
import { ownCloudsOf } from './own-clouds.ts';
import type { StackOptions, StackPorts } from './stack.ts';

export const DEFAULT_PORT = 9876;

export const usage = `Starts the whole service on this machine.

  npm start -- [--port ${DEFAULT_PORT}] [--data .local] [--stage dev] [--host 127.0.0.1] [--hostile[=SEED]]

The API takes the port, its parts the next six: Step Functions, DynamoDB, EventBridge, cloud, Lambda, heartbeats (UDP).
With OS_CLOUD or OS_AUTH_URL the worker uses that cloud instead of the stand-in. DYNAMODB_ENDPOINT and
STEP_FUNCTIONS_ENDPOINT name other services to use instead of the embedded ones. LOG_LEVEL=INFO shows every step.
With --hostile the embedded AWS throttles, delays, repeats and reorders what AWS may; the same seed, a whole number, draws the same.`;

/** parseArgs knows no option whose value may be left out. */
const withSeed = (arg: string): string => (arg === '--hostile' ? `--hostile=${randomInt(1, 1_000_000)}` : arg);

const seedFrom = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new StartError(`--hostile=${text} is no seed: at most 9 digits.`);
  return Number(text);
};

const portsFrom = (text: string): StackPorts => {
  const api = Number(text);
  if (!Number.isInteger(api) || api < 0 || api > 65_529) throw new StartError(`--port ${text} is not a port.`);
  const at = (offset: number): number => (api === 0 ? 0 : api + offset);
  return { api, stepFunctions: at(1), dynamodb: at(2), events: at(3), cloud: at(4), lambda: at(5), heartbeats: at(6) };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: args.map(withSeed),
      options: {
        port: { type: 'string', default: String(DEFAULT_PORT) },
        data: { type: 'string', default: '.local' },
        host: { type: 'string', default: '127.0.0.1' },
        stage: { type: 'string' },
        hostile: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error));
  }
};

/** It is part of names of AWS: the table's, the flows', the functions'. */
const STAGE = /^[A-Za-z][A-Za-z0-9-]{0,29}$/;

/** What the command line and the environment ask for; null when they ask for help. Fails with StartError. */
export const readStartOptions = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StackOptions | null => {
  const values = parse(args);
  if (values.help) return null;
  if (values.stage !== undefined && !STAGE.test(values.stage)) {
    throw new StartError(
      `--stage ${values.stage} is no stage: at most 30 letters, digits and hyphens, a letter first.`,
    );
  }
  const { DYNAMODB_ENDPOINT: dynamodb, STEP_FUNCTIONS_ENDPOINT: stepFunctions } = environment;
  const named = environment.OS_CLOUD || environment.OS_AUTH_URL;
  return {
    dataFolder: values.data,
    host: values.host,
    ports: portsFrom(values.port),
    settings: { LOG_LEVEL: environment.LOG_LEVEL || 'WARN' },
    standInCloud: !named || ownCloudsOf(environment, values.data) !== null,
    ...(values.stage === undefined ? {} : { stage: values.stage }),
    ...(values.hostile === undefined ? {} : { hostile: { seed: seedFrom(values.hostile) } }),
    ...(dynamodb ? { dynamodbEndpoint: dynamodb } : {}),
    ...(stepFunctions ? { stepFunctionsEndpoint: stepFunctions } : {}),
  };
};
