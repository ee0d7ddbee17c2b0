import { localCertificateDriver } from '../../../lib/drivers/certificate/local-certificate-driver.ts';
import { readPem } from '../../../lib/drivers/certificate/pem-source.ts';
import type { Amphora } from '../../../lib/models/objects/amphora.ts';

/** The library as the running stack has it: imported after it has started. */
const tables = async () => {
  const [{ UpdateCommand }, { documents, tableName }, { amphoraKey }, { setExpression }] = await Promise.all([
    import('@aws-sdk/lib-dynamodb'),
    import('../../../lib/repositories/table/client.ts'),
    import('../../../lib/repositories/table/keys.ts'),
    import('../../../lib/repositories/table/expressions.ts'),
  ]);
  return { UpdateCommand, documents, tableName, amphoraKey, setExpression };
};

/** Has the amphora's row say something else; the amphora itself stays as it is. */
export const noteOnRow = async (
  { id, load_balancer_id }: Pick<Amphora, 'id' | 'load_balancer_id'>,
  changes: Partial<Amphora>,
): Promise<void> => {
  const { UpdateCommand, documents, tableName, amphoraKey, setExpression } = await tables();
  const Key = amphoraKey(id, load_balancer_id);
  await documents().send(new UpdateCommand({ TableName: tableName(), Key, ...setExpression(changes) }));
};

/** A certificate and key of the stack's own authority, which ended a day ago. */
export const endedCertificate = async (amphoraId: string): Promise<string> => {
  const { certificateConfig } = await import('../../../lib/settings/config.ts');
  const settings = { ...certificateConfig(), certValidityTime: 0 };
  const driver = localCertificateDriver({ settings, readPem, now: () => Date.now() - 86_400_000 });
  return (await driver.issueAmphoraCertificate(amphoraId)).pem;
};
