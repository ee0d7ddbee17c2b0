import { request } from 'undici';
import * as z from 'zod';
import type { StandInCloud } from '../../../local/cloud/cloud.ts';
import { signIn } from '../../helpers/tenant.ts';

const aSecret = z.object({ secret_ref: z.string() });

/** A secret of alice's, which is not shared with the worker yet; answers its reference. */
export const secretOfAlice = async (
  { authUrl }: Pick<StandInCloud, 'authUrl'>,
  payload: Uint8Array,
): Promise<string> => {
  const answer = await request(new URL('/key-manager/v1/secrets', authUrl), {
    method: 'POST',
    headers: { 'x-auth-token': await signIn(authUrl, 'alice', 'project-a'), 'content-type': 'application/json' },
    body: JSON.stringify({
      payload: Buffer.from(payload).toString('base64'),
      payload_content_type: 'application/octet-stream',
      payload_content_encoding: 'base64',
    }),
  });
  return aSecret.parse(await answer.body.json()).secret_ref;
};
