import { v4 } from 'uuid';
import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { type Answer, type Call, type Route, route } from '../http/router.ts';
import type { SecretRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { accessListRoutes, keyManagerProblem, mayRead, mayWrite, refuseBody, refused, stamp } from './access.ts';

const content = z.strictObject({
  payload: z.string().min(1).optional(),
  payload_content_type: z.string().optional(),
  payload_content_encoding: z.literal('base64').optional(),
});
const upload = content.required({ payload: true, payload_content_type: true });

const creation = z.strictObject({
  ...content.shape,
  name: z.string().nullable().optional(),
  secret_type: z.string().optional(),
  algorithm: z.string().nullable().optional(),
  bit_length: z.int().nullable().optional(),
  mode: z.string().nullable().optional(),
  expiration: z.string().nullable().optional(),
});

const TEXT = /^text\/plain/;

const payloadOf = (wish: z.infer<typeof content>): Pick<SecretRecord, 'payload' | 'content_type'> => {
  if (wish.payload === undefined) return { payload: null, content_type: null };
  const type = wish.payload_content_type;
  if (type === undefined) {
    throw refuseBody('payload_content_type', "If 'payload' is supplied, 'payload_content_type' must also be supplied.");
  }
  const encoded = wish.payload_content_encoding === 'base64';
  if (!encoded && !TEXT.test(type)) {
    throw refuseBody('payload', 'payload_content_encoding must be specified when payload_content_type is not text');
  }
  const bytes = Buffer.from(wish.payload, encoded ? 'base64' : 'utf8');
  return { payload: bytes.toString('base64'), content_type: TEXT.test(type) ? 'text/plain' : type };
};

const refOf = (call: Call, id: string): string => `${call.serviceUrl}/v1/secrets/${id}`;

const view = (call: Call, secret: SecretRecord) => {
  const { id, payload, acl, project_id, content_type, ...rest } = secret;
  return {
    ...rest,
    status: 'ACTIVE',
    ...(content_type === null ? {} : { content_types: { default: content_type } }),
    secret_ref: refOf(call, id),
  };
};

/** Barbican's secrets. A payload leaves the process only to a user that may read it, and never into a log. */
export const secretRoutes = (store: Store): readonly Route[] => {
  const find = (call: Call): SecretRecord => {
    const id = call.params.id ?? '';
    const secret = store.secrets.get(id);
    if (secret !== undefined) return secret;
    const known = z.uuid().safeParse(id).success;
    throw keyManagerProblem(
      404,
      'Not Found',
      known ? 'Secret not found.' : 'Not Found. Provided secret id is invalid.',
    );
  };

  const payload = (call: Call): Answer => {
    const secret = find(call);
    if (!mayRead(call.identity(), secret)) throw refused('Secret payload retrieval');
    if (secret.payload === null)
      throw keyManagerProblem(404, 'Not Found', 'Not Found. Sorry but your secret has no payload.');
    const accept = call.header('accept') ?? '*/*';
    const type = accept.includes('*')
      ? (secret.content_type ?? 'application/octet-stream')
      : (accept.split(',')[0] ?? accept);
    return { status: 200, body: Buffer.from(secret.payload, 'base64'), headers: { 'content-type': type } };
  };

  return [
    route('GET /v1/secrets', (call) => {
      const { query } = call;
      const own = [...store.secrets.values()].filter(
        (secret) =>
          secret.project_id === call.identity().projectId &&
          mayRead(call.identity(), secret) &&
          (query.get('name') ?? secret.name) === secret.name,
      );
      const offset = Number(query.get('offset') ?? 0);
      const limit = Math.min(Number(query.get('limit') ?? 10), 100);
      const page = own.slice(offset, offset + limit).map((secret) => view(call, secret));
      const next = `${call.serviceUrl}/v1/secrets?limit=${limit}&offset=${offset + limit}`;
      const more = own.length > offset + limit ? { next } : {};
      return { status: 200, body: { secrets: page, total: own.length, ...more } };
    }),
    route('POST /v1/secrets', (call) => {
      const identity = call.identity();
      if (!identity.roles.some((role) => role === 'creator' || role === 'admin')) throw refused('Secret creation');
      const wish = parsed(creation, json(call.body), refuseBody);
      const secret: SecretRecord = {
        id: v4(),
        name: wish.name ?? null,
        project_id: identity.projectId ?? '',
        creator_id: identity.userId,
        secret_type: wish.secret_type ?? 'opaque',
        algorithm: wish.algorithm ?? null,
        bit_length: wish.bit_length ?? null,
        mode: wish.mode ?? null,
        expiration: wish.expiration ?? null,
        ...payloadOf(wish),
        acl: null,
        created: stamp(),
        updated: stamp(),
      };
      store.secrets.set(secret.id, secret);
      store.touch();
      const ref = refOf(call, secret.id);
      return { status: 201, body: { secret_ref: ref }, headers: { location: ref } };
    }),
    route('GET /v1/secrets/:id', (call) => {
      const accept = call.header('accept') ?? '*/*';
      if (accept !== '*/*' && !accept.includes('json')) return payload(call);
      const secret = find(call);
      if (!mayRead(call.identity(), secret)) throw refused('Secret retrieval');
      return { status: 200, body: view(call, secret) };
    }),
    route('GET /v1/secrets/:id/payload', payload),
    // What was created without a payload gets one, once.
    route('PUT /v1/secrets/:id', (call) => {
      const secret = find(call);
      if (!mayWrite(call.identity(), secret)) throw refused('Secret payload storage');
      if (secret.payload !== null) {
        throw keyManagerProblem(409, 'Conflict', 'Secret already has data, cannot modify it.');
      }
      const wish = {
        payload: call.body.toString(),
        payload_content_type: call.header('content-type'),
        payload_content_encoding: call.header('content-encoding'),
      };
      Object.assign(secret, payloadOf(parsed(upload, wish, refuseBody)), { updated: stamp() });
      store.touch();
      return { status: 204 };
    }),
    route('DELETE /v1/secrets/:id', (call) => {
      const secret = find(call);
      if (!mayWrite(call.identity(), secret)) throw refused('Secret deletion');
      store.secrets.delete(secret.id);
      store.touch();
      return { status: 204 };
    }),
    ...accessListRoutes(store, 'secrets', find),
  ];
};
