// Run as a process of its own, to be killed: writes the same number to two items at a time, as fast as it can.
import { DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { startDynamodb } from '../../../../local/dynamodb/dynamodb.ts';
import { ensureTable } from '../../../../local/table.ts';

const [folder = ''] = process.argv.slice(2);
const { endpoint } = await startDynamodb({ folder });
await ensureTable(endpoint, 'local', {
  TableName: 'pairs',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
});
const client = new DynamoDBClient({ endpoint });
const put = (pk: string, n: number) => ({ Put: { TableName: 'pairs', Item: { pk: { S: pk }, n: { N: String(n) } } } });

const writeForever = async (pair: number): Promise<never> => {
  for (let n = 1; ; n += 1) {
    await client.send(new TransactWriteItemsCommand({ TransactItems: [put(`${pair}/a`, n), put(`${pair}/b`, n)] }));
    if (n === 20) console.log('under way');
  }
};
await Promise.all([1, 2, 3, 4].map(writeForever));
