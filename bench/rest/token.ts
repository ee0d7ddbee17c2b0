import { httpTransport } from '../../lib/openstack/http/transport.ts';
import { cloudOfDocument, readCloudsFile } from '../../lib/openstack/identity/auth-options/clouds-file.ts';
import { issueToken } from '../../lib/openstack/identity/tokens/issue-token.ts';

const TIMEOUT_MS = 30_000;

/** A new token of one entry of a clouds.yaml. @throws ConfigurationError there is no such entry */
export const tokenOf = async (cloudsFile: string, cloud: string): Promise<string> => {
  const { path, text } = await readCloudsFile([cloudsFile]);
  const options = await cloudOfDocument(text, cloud, path);
  const transport = httpTransport({ connectTimeout: TIMEOUT_MS, ca: null, verify: options.verify });
  try {
    return (await issueToken(transport, options, TIMEOUT_MS)).id;
  } finally {
    await transport.close();
  }
};
