import { CloudCredentialsError } from '../errors/cloud.ts';
import { type CloudSession, cloudSession } from '../openstack/session.ts';

/** The worker's session, for a dry run: what is not shared with the worker yet is read with the requester's token. */
export const lentSession = (session: CloudSession, userToken: string): CloudSession => ({
  ...session,
  async call(request) {
    try {
      return await session.call(request);
    } catch (error) {
      if (!(error instanceof CloudCredentialsError)) throw error;
      return await session.call({ ...request, token: userToken });
    }
  },
});

/** The container's session, lent that token where there is one. */
export const lentCloudSession = (userToken: string | null) => (): CloudSession =>
  userToken === null ? cloudSession() : lentSession(cloudSession(), userToken);
