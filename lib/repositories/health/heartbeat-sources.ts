import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { hostOf } from '../../tools/addresses.ts';
import { documents, tableName } from '../table/client.ts';
import { sourceKey } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { inTable, type TransactItem } from '../table/transact.ts';

/*
 * Which amphora has a management address. Receivers choose the key of a heartbeat by it. A row of a deleted amphora
 * stays until the amphora is purged, or until the next one gets the address.
 */

const sourceRow = z.object({ amphora_id: z.string() });

const keyOf = (address: string) => sourceKey(hostOf(address) ?? address);

const rowOf = (address: string, amphoraId: string) => ({ ...keyOf(address), amphora_id: amphoraId });

/** Notes that the address is the amphora's from now on. */
export const putSource = (address: string, amphoraId: string): TransactItem => ({
  Put: { ...inTable(), Item: rowOf(address, amphoraId) },
});

/** The same at once, outside of a transaction: it is a fact, whichever operation holds the lock. */
export const writeSource = async (address: string, amphoraId: string): Promise<void> => {
  await documents().send(new PutCommand({ TableName: tableName(), Item: rowOf(address, amphoraId) }));
};

/** The id of the amphora that has the address; null when none is noted. */
export const findSource = async (address: string): Promise<string | null> => {
  const row = await findRow(keyOf(address));
  return row === null ? null : sourceRow.parse(row).amphora_id;
};

/** Forgets the address of an amphora that is purged, unless another one has it now. */
export const forgetSource = async (address: string, amphoraId: string): Promise<void> => {
  try {
    await documents().send(
      new DeleteCommand({
        TableName: tableName(),
        Key: keyOf(address),
        ConditionExpression: 'amphora_id = :id',
        ExpressionAttributeValues: { ':id': amphoraId },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};
