import { AwsError } from '../http/aws-error.ts';
import { isObject } from '../json.ts';
import { canceled, type Reason } from './conflicts.ts';

/** Looks at a request for data before it is run; what it answers is the refusal, null lets the request pass. */
export type Throttle = (operation: string, input: unknown) => AwsError | null;

const PLAIN = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'] as const;
const REASONS = ['ThrottlingError', 'TransactionConflict', 'ProvisionedThroughputExceeded'] as const;
/** Of ten refused transactions three are refused as a whole, the others because of one of their items. */
const WHOLE = 0.3;
const MESSAGE = 'Rate exceeded';

const dataOperations: ReadonlySet<string> = new Set([
  ...['BatchExecuteStatement', 'BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan'],
  ...['TransactGetItems', 'TransactWriteItems', 'UpdateItem'],
]);

export const isAboutData = (operation: string): boolean => dataOperations.has(operation);

/** One of the ways in which DynamoDB refuses a request that is too much for it. @param random numbers from 0 up to 1 */
export const refusalOf = (operation: string, input: unknown, random: () => number): AwsError => {
  const oneOf = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const actions = isObject(input) && Array.isArray(input.TransactItems) ? input.TransactItems.length : 0;
  if (operation !== 'TransactWriteItems' || actions === 0 || random() < WHOLE) {
    return new AwsError(`com.amazonaws.dynamodb.v20120810#${oneOf(PLAIN)}`, MESSAGE);
  }
  const reasons = Array.from({ length: actions }, (): Reason => ({ Code: 'None' }));
  reasons[Math.floor(random() * actions)] = { Code: oneOf(REASONS), Message: MESSAGE };
  return canceled(reasons);
};

/** Every value that a request gives for an attribute, and those of its expressions: a Query names its key there. */
export const namedBy = (input: unknown, attribute: string): readonly string[] => {
  if (Array.isArray(input)) return input.flatMap((part: unknown) => namedBy(part, attribute));
  if (!isObject(input)) return [];
  return Object.entries(input).flatMap(([name, value]) => {
    if (name === attribute) return [JSON.stringify(value)];
    if (name !== 'ExpressionAttributeValues') return namedBy(value, attribute);
    return Object.values(isObject(value) ? value : {}).map((one) => JSON.stringify(one));
  });
};
