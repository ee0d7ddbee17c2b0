import * as z from 'zod';
import { ServiceFileError } from './errors.ts';

const json = z.json();
const environment = z.record(z.string(), json).optional();
const list = <T extends z.ZodType>(item: T) => z.union([item.transform((one) => [one]), z.array(item)]);

const httpApi = z.union([z.string(), z.looseObject({ method: z.string().optional(), path: z.string() })]);
const schedule = z.union([
  z.string(),
  z.looseObject({ rate: list(z.string()), enabled: z.boolean().optional(), input: json.optional() }),
]);
const eventBridge = z.looseObject({
  schedule: z.string().optional(),
  enabled: z.boolean().optional(),
  input: json.optional(),
  pattern: z.record(z.string(), json).optional(),
});
const stream = z.looseObject({
  type: z.literal('dynamodb'),
  /** The local stack has one stream, the table's. */
  arn: z.strictObject({ 'Fn::GetAtt': z.tuple([z.literal('Table'), z.literal('StreamArn')]) }),
  batchSize: z.int().min(1).default(100),
  filterPatterns: z.array(z.record(z.string(), json)).default([]),
  bisectBatchOnFunctionError: z.boolean().default(false),
  functionResponseType: z.literal('ReportBatchItemFailures').optional(),
  maximumRetryAttempts: z.int().optional(),
  maximumRecordAgeInSeconds: z.int().optional(),
});
const event = z.looseObject({
  httpApi: httpApi.optional(),
  schedule: schedule.optional(),
  eventBridge: eventBridge.optional(),
  stream: stream.optional(),
});
const functionShape = z.looseObject({
  handler: z.string(),
  timeout: z.int().min(1).max(900).optional(),
  environment,
  events: z.array(event).optional(),
});

const keySchema = z.array(z.looseObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const projection = z.looseObject({
  ProjectionType: z.enum(['ALL', 'INCLUDE', 'KEYS_ONLY']),
  NonKeyAttributes: z.array(z.string()).optional(),
});
const tableShape = z.looseObject({
  TableName: z.string(),
  AttributeDefinitions: z.array(z.looseObject({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(z.looseObject({ IndexName: z.string(), KeySchema: keySchema, Projection: projection }))
    .optional(),
  StreamSpecification: z.looseObject({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.looseObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

export type EventShape = z.infer<typeof event>;
export type FunctionShape = z.infer<typeof functionShape>;
/** The properties of the AWS::DynamoDB::Table the local stack creates. */
export type TableDefinition = z.infer<typeof tableShape>;

const resources = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: json.optional() })).optional(),
});

/** What the local stack needs of a service file whose variables are filled in. */
export const serviceSchema = z.looseObject({
  service: z.string(),
  provider: z.looseObject({ timeout: z.int().optional(), environment }),
  functions: list(z.record(z.string(), functionShape)),
  stepFunctions: z
    .looseObject({
      stateMachines: z.record(z.string(), z.looseObject({ name: z.string().optional(), definition: json })).optional(),
    })
    .optional(),
  resources: list(resources).optional(),
});

export type Service = z.infer<typeof serviceSchema>;

const problems = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');

/** Fails with ServiceFileError. */
export const parseService = (value: unknown): Service => {
  const parsed = serviceSchema.safeParse(value);
  if (!parsed.success) throw new ServiceFileError(`serverless.yml: ${problems(parsed.error)}`);
  return parsed.data;
};

/** The properties of the one table of the resources; fails with ServiceFileError when there is none. */
export const findTable = (service: Service): TableDefinition => {
  const all = (service.resources ?? []).flatMap((part) => Object.entries(part.Resources ?? {}));
  const [name, table] = all.find(([, { Type }]) => Type === 'AWS::DynamoDB::Table') ?? [];
  if (!table) throw new ServiceFileError('serverless.yml: resources: there is no AWS::DynamoDB::Table.');
  const parsed = tableShape.safeParse(table.Properties);
  if (!parsed.success) throw new ServiceFileError(`serverless.yml: resources.${name}: ${problems(parsed.error)}`);
  return parsed.data;
};
