import { ACCOUNTS, DOMAIN, PROJECT_NAMES, type ProjectName, projectId, REGION, roleId, userId } from '../facts.ts';
import { json } from '../http/body.ts';
import type { Service } from '../http/listener.ts';
import { type Call, openRoute, route } from '../http/router.ts';
import { type CatalogService, catalog } from './catalog.ts';
import { identityProblem, signIn } from './sign-in.ts';
import type { Identity, Tokens } from './tokens.ts';

const version = (url: string) => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${url}/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

const projectView = (name: ProjectName, url: string) => ({
  id: projectId(name),
  name,
  domain_id: DOMAIN.id,
  description: '',
  enabled: true,
  parent_id: DOMAIN.id,
  is_domain: false,
  tags: [],
  options: {},
  links: { self: `${url}/v3/projects/${projectId(name)}` },
});

const userView = (name: string, url: string) => ({
  id: userId(name),
  name,
  domain_id: DOMAIN.id,
  enabled: true,
  options: {},
  password_expires_at: null,
  links: { self: `${url}/v3/users/${userId(name)}` },
});

const tokenView = (identity: Identity, services: readonly CatalogService[], withCatalog: boolean) => {
  const scope = identity.systemScope
    ? { system: { all: true } }
    : identity.projectId === null
      ? {}
      : { project: { id: identity.projectId, name: identity.account.project, domain: DOMAIN }, is_domain: false };
  const scoped = identity.systemScope || identity.projectId !== null;
  return {
    methods: identity.methods,
    user: { domain: DOMAIN, id: identity.userId, name: identity.account.name, password_expires_at: null },
    audit_ids: [identity.auditId],
    expires_at: identity.expiresAt.toISOString().replace('Z', '000Z'),
    issued_at: identity.issuedAt.toISOString().replace('Z', '000Z'),
    ...scope,
    ...(scoped ? { roles: identity.roles.map((name) => ({ id: roleId(name), name })) } : {}),
    ...(scoped && withCatalog ? { catalog: catalog(services) } : {}),
  };
};

const subject = (call: Call, tokens: Tokens): { readonly token: string; readonly identity: Identity } => {
  const token = call.header('x-subject-token') ?? '';
  const identity = tokens.read(token, call.query.has('allow_expired'));
  if (identity === null) throw identityProblem(404, 'Not Found', 'Could not recognize Fernet token');
  return { token, identity };
};

const named = (call: Call): string | null => call.query.get('name');

/** Keystone v3. `services` is asked at every answer, since the load balancer's endpoint may move. */
export const identityService = (
  tokens: Tokens,
  services: () => readonly CatalogService[],
  passwordOf: (user: string) => string,
): Service => {
  const withCatalog = (call: Call): boolean => !call.query.has('nocatalog');
  return {
    name: 'identity',
    prefix: '/identity',
    notFound: () => ({ error: { code: 404, message: 'The resource could not be found.', title: 'Not Found' } }),
    headers: () => ({ vary: 'X-Auth-Token' }),
    routes: [
      openRoute('GET /', ({ serviceUrl }) => ({
        status: 300,
        body: { versions: { values: [version(serviceUrl)] } },
        headers: { location: `${serviceUrl}/v3/` },
      })),
      openRoute('GET /v3', ({ serviceUrl }) => ({ status: 200, body: { version: version(serviceUrl) } })),
      openRoute('POST /v3/auth/tokens', (call) => {
        const { account, scope, methods } = signIn(json(call.body), { readToken: tokens.read, passwordOf });
        const token = tokens.issue(account, scope, methods);
        const identity = tokens.read(token);
        if (identity === null) throw identityProblem(500, 'Internal Server Error', 'the token cannot be read');
        const body = { token: tokenView(identity, services(), withCatalog(call)) };
        return { status: 201, body, headers: { 'x-subject-token': token } };
      }),
      route('GET /v3/auth/tokens', (call) => {
        const { token, identity } = subject(call, tokens);
        const body = { token: tokenView(identity, services(), withCatalog(call)) };
        return { status: 200, body, headers: { 'x-subject-token': token } };
      }),
      route('HEAD /v3/auth/tokens', (call) => {
        subject(call, tokens);
        return { status: 200 };
      }),
      route('DELETE /v3/auth/tokens', (call) => {
        tokens.revoke(subject(call, tokens).token);
        return { status: 204 };
      }),
      route('GET /v3/auth/catalog', () => ({ status: 200, body: { catalog: catalog(services()) } })),
      route('GET /v3/auth/projects', (call) => ({
        status: 200,
        body: { projects: [projectView(call.identity().account.project, call.serviceUrl)] },
      })),
      route('GET /v3/projects', (call) => {
        const names = PROJECT_NAMES.filter((name) => (named(call) ?? name) === name);
        return { status: 200, body: { projects: names.map((name) => projectView(name, call.serviceUrl)), links: {} } };
      }),
      route('GET /v3/projects/:id', (call) => {
        const id = call.params.id ?? '';
        const name = PROJECT_NAMES.find((candidate) => projectId(candidate) === id);
        if (name === undefined) throw identityProblem(404, 'Not Found', `Could not find project: ${id}.`);
        return { status: 200, body: { project: projectView(name, call.serviceUrl) } };
      }),
      route('GET /v3/users', (call) => {
        const users = ACCOUNTS.filter(({ name }) => (named(call) ?? name) === name);
        return { status: 200, body: { users: users.map(({ name }) => userView(name, call.serviceUrl)), links: {} } };
      }),
      route('GET /v3/users/:id', (call) => {
        const id = call.params.id ?? '';
        const account = ACCOUNTS.find(({ name }) => userId(name) === id);
        if (account === undefined) throw identityProblem(404, 'Not Found', `Could not find user: ${id}.`);
        return { status: 200, body: { user: userView(account.name, call.serviceUrl) } };
      }),
      route('GET /v3/domains/:id', (call) => {
        const id = call.params.id ?? '';
        if (id !== DOMAIN.id) throw identityProblem(404, 'Not Found', `Could not find domain: ${id}.`);
        return { status: 200, body: { domain: { ...DOMAIN, enabled: true } } };
      }),
      route('GET /v3/regions', () => ({ status: 200, body: { regions: [{ id: REGION, parent_region_id: null }] } })),
      route('GET /v3/services', () => ({
        status: 200,
        body: {
          services: catalog(services()).map(({ id, type, name }) => ({ id, type, name, enabled: true })),
          links: {},
        },
      })),
      route('GET /v3/endpoints', () => ({
        status: 200,
        body: {
          endpoints: catalog(services()).flatMap(({ id, endpoints }) =>
            endpoints.map((endpoint) => ({ ...endpoint, service_id: id, enabled: true })),
          ),
          links: {},
        },
      })),
    ],
  };
};
