import { AwsError } from '../http/aws-error.ts';

const PREFIX = 'com.amazonaws.dynamodb.v20120810#';
const CONFLICT = `${PREFIX}TransactionConflictException`;
const ONGOING = 'Transaction is ongoing for the item';

/** Why one action cancelled its transaction; `None` for an action that did not. */
export interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: object;
}

/** TransactionCanceledException, with a reason for each action in their order. */
export const canceled = (reasons: readonly Reason[]): AwsError =>
  new AwsError(
    `${PREFIX}TransactionCanceledException`,
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );

/** @param met for each action whether its item is in flight */
export const canceledByConflict = (met: readonly boolean[]): AwsError =>
  canceled(met.map((hit) => (hit ? { Code: 'TransactionConflict', Message: ONGOING } : { Code: 'None' })));

/** What a plain write gets. */
export const conflict = (): AwsError => new AwsError(CONFLICT, ONGOING);

export const isConflict = (error: unknown): boolean => error instanceof AwsError && error.type === CONFLICT;
