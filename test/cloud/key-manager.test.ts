import { describe } from 'vitest';
import { cloudOfDocument, readCloudsFile } from '../../lib/openstack/identity/auth-options/clouds-file.ts';
import { describeKeyManager, type KeyManagerUser } from '../unit/lib/tls/describe-key-manager.ts';
import { cloudFacts } from './facts.ts';

describe('tenant certificates in a real key manager', () => {
  describeKeyManager(async (user: KeyManagerUser) => {
    const { OS_CLIENT_CONFIG_FILE, OS_CLOUD, TEST_TENANT_CLOUD, TEST_OTHER_TENANT_CLOUD } = cloudFacts();
    const clouds = { worker: OS_CLOUD, tenant: TEST_TENANT_CLOUD, otherTenant: TEST_OTHER_TENANT_CLOUD };
    const { path, text } = await readCloudsFile([OS_CLIENT_CONFIG_FILE]);
    return cloudOfDocument(text, clouds[user], path);
  });
});
