import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ConfigurationError } from '../../lib/errors/configuration.ts';
import { errorOfAnswer, errorOfConnection } from '../../lib/openstack/http/named-errors.ts';
import { sendWithRetries } from '../../lib/openstack/http/retries.ts';
import { readJson } from '../../lib/openstack/http/service-request.ts';
import { type HttpTransport, httpTransport } from '../../lib/openstack/http/transport.ts';
import { type Catalog, catalogResult } from '../../lib/openstack/identity/catalog/results.ts';
import { issueToken } from '../../lib/openstack/identity/tokens/issue-token.ts';
import { UsageError } from '../output/errors.ts';
import type { Access } from './access.ts';

const TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** Signed in. Holds the token: never shown. */
export interface SignedIn {
  /** null where the API asks for none. */
  readonly token: string | null;
  /** The API's address, without version and without a slash at the end. */
  readonly endpoint: string;
  /** null where it is not known. */
  readonly userId: string | null;
  readonly projectId: string | null;
  /** Milliseconds since the epoch; null where it is not known. */
  readonly expiresAt: number | null;
}

export interface Session {
  readonly access: Access;
  readonly transport: HttpTransport;
  /** Signs in at the first call; `again` gets a new token. */
  signedIn(again?: boolean): Promise<SignedIn>;
  close(): Promise<void>;
}

const bare = (url: string): string => url.replace(/\/+$/, '').replace(/\/v2(\.\d+)?$/, '');

const endpointIn = (catalog: Catalog, { region, interface: side }: Access): string => {
  const endpoint = catalog
    .filter(({ type }) => type === 'load-balancer')
    .flatMap(({ endpoints }) => endpoints)
    .find((one) => one.interface === side && (region === null || (one.region_id ?? one.region) === region));
  if (endpoint !== undefined) return endpoint.url;
  const where = region === null ? 'any region' : `region ${region}`;
  throw new ConfigurationError('OS_REGION_NAME', `the catalog has no ${side} load-balancer endpoint in ${where}`);
};

/** The catalog of a token that was given. */
const catalogOf = async (transport: HttpTransport, authUrl: string, token: string): Promise<Catalog> => {
  const asked = {
    service: 'identity',
    method: 'GET',
    path: '/auth/catalog',
    accepts: [200],
    secrets: [token],
  } as const;
  const request = {
    method: 'GET',
    url: `${authUrl}${asked.path}`,
    headers: { 'x-auth-token': token },
    body: null,
  } as const;
  const answer = await sendWithRetries(transport, { ...request, deadline: Date.now() + TIMEOUT_MS }).catch((error) => {
    throw errorOfConnection(asked, new URL(authUrl).origin, error);
  });
  if (answer.status !== 200) throw errorOfAnswer(asked, answer);
  return readJson(asked, answer, z.object({ catalog: catalogResult })).catalog;
};

const signIn = async (transport: HttpTransport, access: Access): Promise<SignedIn> => {
  const { signIn: how, endpoint } = access;
  const unknown = { userId: null, projectId: null, expiresAt: null };
  if (how.kind === 'credentials') {
    const { id, catalog, userId, projectId, expiresAt } = await issueToken(transport, how.options, TIMEOUT_MS);
    return { token: id, endpoint: bare(endpoint ?? endpointIn(catalog, access)), userId, projectId, expiresAt };
  }
  const token = how.kind === 'token' ? how.token : null;
  if (endpoint !== null) return { token, endpoint: bare(endpoint), ...unknown };
  if (how.kind === 'token' && how.authUrl !== null) {
    const catalog = await catalogOf(transport, how.authUrl, how.token);
    return { token, endpoint: bare(endpointIn(catalog, access)), ...unknown };
  }
  throw new UsageError('A token alone has no endpoint.', 'give --endpoint, or OS_AUTH_URL for the catalog');
};

/** Nothing is sent before the first `signedIn`. */
export const openSession = async (access: Access): Promise<Session> => {
  const ca = access.caFile === null ? null : await readAuthority(access.caFile);
  const transport = httpTransport({ connectTimeout: CONNECT_TIMEOUT_MS, ca, verify: access.verify });
  let current: Promise<SignedIn> | null = null;
  return {
    access,
    transport,
    signedIn(again = false) {
      if (again) current = null;
      current ??= signIn(transport, access);
      return current;
    },
    close: () => transport.close(),
  };
};

const readAuthority = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new ConfigurationError('cacert', `${path} cannot be read`);
  }
};
