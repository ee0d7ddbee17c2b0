import type { AuthOptions } from '../../lib/openstack/identity/auth-options/auth-options.ts';
import { cloudOfDocument, readCloudsFile } from '../../lib/openstack/identity/auth-options/clouds-file.ts';
import { type CloudSession, createCloudSession } from '../../lib/openstack/session.ts';
import { cloudHttpConfig } from '../../lib/settings/config.ts';
import { signInWith } from '../contract/sign-in.ts';

const authOptionsOf = async (cloudsFile: string, cloud: string): Promise<AuthOptions> => {
  const { path, text } = await readCloudsFile([cloudsFile]);
  return cloudOfDocument(text, cloud, path);
};

/** A session of one user of a clouds.yaml. Close it at the end. */
export const sessionOf = (cloudsFile: string, cloud: string): CloudSession =>
  createCloudSession({ authOptions: () => authOptionsOf(cloudsFile, cloud), ...cloudHttpConfig() });

/** A new token of one user of a clouds.yaml. */
export const tokenOf = async (cloudsFile: string, cloud: string): Promise<string> => {
  const options = await authOptionsOf(cloudsFile, cloud);
  return signInWith(() => options)({ wrongPassword: false });
};
