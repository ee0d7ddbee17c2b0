import type { RunningReceiver } from '../lib/health/receiver/receiver.ts';
import type { AddressBlock, StandInCloud } from './cloud/cloud.ts';
import type { Definitions } from './definitions/definitions.ts';
import type { Dynamodb } from './dynamodb/dynamodb.ts';
import type { Settings } from './environment.ts';
import type { HostileOptions } from './hostile/hostility.ts';
import type { Json } from './json.ts';
import type { TaskCall, TimeoutMs } from './stepfunctions/engine/execution.ts';
import type { Stepfunctions } from './stepfunctions/stepfunctions.ts';

export interface StackPorts {
  readonly api: number;
  readonly cloud: number;
  readonly dynamodb: number;
  readonly stepFunctions: number;
  readonly events: number;
  readonly lambda: number;
  /** UDP. */
  readonly heartbeats: number;
}

export interface StackOptions {
  /** Where everything is kept; null keeps it until the stack stops. */
  readonly dataFolder: string | null;
  /** 0 takes any free port. @default 0 each */
  readonly ports?: Partial<StackPorts>;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** The folder with serverless.yml. @default the project's own */
  readonly folder?: string;
  /** @default what serverless.yml says */
  readonly stage?: string;
  /** False: the worker uses the cloud that this process's OS_* variables name. @default true */
  readonly standInCloud?: boolean;
  /** Another DynamoDB to use; the embedded one is then not started. The table is created there unless it exists. */
  readonly dynamodbEndpoint?: string;
  /** Another Step Functions to use; it calls the functions at `endpoints.lambda`. */
  readonly stepFunctionsEndpoint?: string;
  /** Milliseconds a server of the stand-in cloud takes to boot. */
  readonly bootDelayMs?: number;
  /** Addresses of the stand-in cloud; 'any' lets several stacks live on one machine. */
  readonly addressBlock?: AddressBlock | 'any';
  /** False leaves schedules alone; `invoke` runs a function by hand. @default true */
  readonly schedules?: boolean;
  /**
   * False starts no heartbeat receiver, and amphorae then send no heartbeats. On another cloud than the stand-in there is
   * one only with HEARTBEAT_BIND_IP, an address of this machine that amphorae reach. @default true
   */
  readonly heartbeats?: boolean;
  /** False tells no function how executions end. @default true */
  readonly executionEvents?: boolean;
  /** Milliseconds a second of a flow's Wait and Retry lasts. @default 1000 */
  readonly secondMs?: number;
  /** How long the time limit of a task is, for tests that let one run into it. @default 1000 for each second */
  readonly timeoutMs?: TimeoutMs;
  /** Stands between the flows and the functions, for tests: `run` calls the function behind a task. */
  readonly aroundTask?: (call: TaskCall, run: () => Promise<Json>) => Promise<Json>;
  /** Throttles, delays, repeats and reorders what AWS may, and lets clocks differ, in the embedded parts. @default nothing is */
  readonly hostile?: HostileOptions;
  /** Settings for the functions that win over everything else. */
  readonly settings?: Settings;
  /** @default false */
  readonly quiet?: boolean;
}

export interface Stack {
  readonly apiUrl: string;
  readonly endpoints: {
    readonly dynamodb: string;
    readonly stepFunctions: string;
    readonly events: string;
    /** Lambda's Invoke. */
    readonly lambda: string;
  };
  /** The stand-in cloud; null when the worker uses another one. */
  readonly cloud: StandInCloud | null;
  /** Path of a clouds.yaml for the stand-in cloud. */
  readonly cloudsFile: string | null;
  readonly table: { readonly name: string; readonly endpoint: string };
  readonly definitions: Definitions;
  /** The embedded parts; null when others are used instead. */
  readonly dynamodb: Dynamodb | null;
  readonly stepFunctions: Stepfunctions | null;
  readonly stateMachineArnPrefix: string;
  /** The heartbeat receiver; null when there is none. */
  readonly heartbeats: RunningReceiver | null;
  /** Calls a function by its key in serverless.yml. */
  invoke(functionKey: string, payload?: unknown): Promise<Json>;
  /** Ends everything; a flow that runs is found as aborted by the next start. Twice is fine. */
  stop(): Promise<void>;
}
