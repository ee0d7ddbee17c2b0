import { localCertificateDriver } from '../../../lib/drivers/certificate/local-certificate-driver.ts';
import { readPem } from '../../../lib/drivers/certificate/pem-source.ts';
import type { Amphora } from '../../../lib/models/amphora.ts';

/** The library as the running stack has it: imported after it has started. */
const tables = async () => {
  const [{ UpdateCommand }, { documents, tableName }, { amphoraKey }] = await Promise.all([
    import('@aws-sdk/lib-dynamodb'),
    import('../../../lib/repositories/table/client.ts'),
    import('../../../lib/repositories/table/keys.ts'),
  ]);
  return { UpdateCommand, documents, tableName, amphoraKey };
};

/** Notes another end (ISO 8601) of the certificate on the amphora's row; what it shows stays as it is. */
export const noteExpiry = async (
  { id, load_balancer_id }: Pick<Amphora, 'id' | 'load_balancer_id'>,
  end: string | null,
): Promise<void> => {
  const { UpdateCommand, documents, tableName, amphoraKey } = await tables();
  await documents().send(
    new UpdateCommand({
      TableName: tableName(),
      Key: amphoraKey(id, load_balancer_id),
      UpdateExpression: 'SET cert_expiration = :end',
      ExpressionAttributeValues: { ':end': end },
    }),
  );
};

/** A certificate and key of the stack's own authority, which ended a day ago. */
export const endedCertificate = async (amphoraId: string): Promise<string> => {
  const { certificateConfig } = await import('../../../lib/config.ts');
  const settings = { ...certificateConfig(), certValidityTime: 0 };
  const driver = localCertificateDriver({ settings, readPem, now: () => Date.now() - 86_400_000 });
  return (await driver.issueAmphoraCertificate(amphoraId)).pem;
};
