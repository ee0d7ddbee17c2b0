import * as z from 'zod';
import { type Api, checked, type Sent } from '../api/client.ts';
import { described, RefusedError } from '../output/errors.ts';
import { duration } from '../output/times.ts';

/** What came of one check. */
export interface Result {
  readonly check: string;
  /** `skipped`: it needs rights or facts that are missing. */
  readonly outcome: 'ok' | 'finding' | 'skipped';
  readonly found: string;
  readonly remedy: string | null;
  /** The page and section that says more. */
  readonly page: string | null;
}

export const ok = (check: string, found: string): Result => ({ check, outcome: 'ok', found, remedy: null, page: null });
export const skipped = (check: string, found: string): Result => ({ ...ok(check, found), outcome: 'skipped' });
export const finding = (check: string, found: string, remedy: string | null, page: string | null): Result => ({
  check,
  outcome: 'finding',
  found,
  remedy,
  page,
});

const CLOCKS_APART_MS = 30_000;
const versions = z.object({
  versions: z.array(z.object({ id: z.string().max(20), status: z.string().max(20) })).max(1_000),
});

/** Signs in. @returns false beside the result when nothing more can be asked */
export const checkSignIn = async (api: Api): Promise<Result> => {
  const { access } = api.session;
  try {
    const { token, userId, projectId, expiresAt } = await api.session.signedIn();
    if (token === null) return ok('credentials', `none, for an API that asks for none (${access.source})`);
    const who = userId === null ? 'a token' : `user ${userId}, project ${projectId ?? 'none'}`;
    const left = expiresAt === null ? '' : `, valid for ${duration(expiresAt - Date.now())}`;
    return ok('credentials', `${who}, by ${access.source}${left}`);
  } catch (error) {
    const { message, remedy } = described(error);
    return finding('credentials', `${message} (${access.source})`, remedy, 'docs/deployment.md#secrets');
  }
};

const checkVersion = (body: unknown): Result => {
  const { versions: all } = checked(versions, body, 'GET /');
  const current = all.find(({ status }) => status === 'CURRENT');
  if (current?.id.startsWith('v2.')) return ok('API version', current.id);
  return finding(
    'API version',
    'no version 2 of the load balancer API',
    'name the load balancer API by --endpoint',
    'docs/api.md#clients',
  );
};

const checkClock = (ahead: number | null): Result => {
  if (ahead === null) return skipped('clock', 'the endpoint does not tell the time');
  const apart = duration(Math.abs(ahead));
  if (Math.abs(ahead) < CLOCKS_APART_MS) return ok('clock', `within ${duration(CLOCKS_APART_MS)} of the endpoint's`);
  return finding(
    'clock',
    `${apart} apart from the endpoint's`,
    'synchronize the clocks by NTP: tokens and heartbeats depend on them',
    null,
  );
};

/** Asks the endpoint for its versions. */
export const checkEndpoint = async (api: Api): Promise<readonly Result[]> => {
  const { endpoint } = await api.session.signedIn();
  let sent: Sent;
  try {
    sent = await api.send('GET', '/');
  } catch (error) {
    const { message, remedy } = described(error);
    return [finding('endpoint', `${endpoint}: ${message}`, remedy, 'docs/runbook.md#api')];
  }
  return [ok('endpoint', endpoint), checkVersion(sent.body), checkClock(sent.clockAhead)];
};

/** What is asked to find out what the credentials may do. */
const RIGHTS = [
  ['rights of a reader', '/v2.0/lbaas/loadbalancers', 'a role in the project: reader or member'],
  ['list of operations', '/v2.0/lbaas/operations', 'a role in the project; 404: deploy a newer release'],
  ['rights of an operator', '/v2.0/octavia/amphorae', 'the role admin; without it only the own project is visible'],
] as const;

const checkRight = async (api: Api, [check, path, remedy]: (typeof RIGHTS)[number]): Promise<Result> => {
  try {
    await api.send('GET', path, {
      query: [
        ['limit', '1'],
        ['fields', 'id'],
      ],
    });
    return ok(check, 'given');
  } catch (error) {
    const { message } = described(error);
    // A tenant is no fault.
    if (check === 'rights of an operator' && error instanceof RefusedError && error.status === 403) {
      return skipped(check, 'not given: what only operators see is not checked');
    }
    return finding(check, message, remedy, 'docs/decisions/0022-who-may-do-what.md');
  }
};

export const checkRights = async (api: Api): Promise<readonly Result[]> =>
  await Promise.all(RIGHTS.map((right) => checkRight(api, right)));
