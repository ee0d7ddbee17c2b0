import { v4 } from 'uuid';
import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { type Call, type Route, route } from '../http/router.ts';
import { type ContainerRecord, consumer } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { accessListRoutes, keyManagerProblem, mayRead, mayWrite, refuseBody, refused, stamp } from './access.ts';

const creation = z.strictObject({
  name: z.string().nullable().optional(),
  type: z.enum(['generic', 'rsa', 'certificate']),
  secret_refs: z.array(z.strictObject({ name: z.string(), secret_ref: z.string() })).optional(),
});

const refOf = (call: Call, id: string): string => `${call.serviceUrl}/v1/containers/${id}`;

const view = (call: Call, { id, project_id, acl, ...rest }: ContainerRecord) => ({
  ...rest,
  status: 'ACTIVE',
  container_ref: refOf(call, id),
});

/** Barbican's containers and their consumers. */
export const containerRoutes = (store: Store): readonly Route[] => {
  const find = (call: Call): ContainerRecord => {
    const container = store.containers.get(call.params.id ?? '');
    if (container === undefined) throw keyManagerProblem(404, 'Not Found', 'Secrets container not found.');
    return container;
  };
  const readable = (call: Call): ContainerRecord => {
    const container = find(call);
    if (!mayRead(call.identity(), container)) throw refused('Container retrieval');
    return container;
  };
  const others = (container: ContainerRecord, gone: z.infer<typeof consumer>) =>
    container.consumers.filter(({ name, URL }) => name !== gone.name || URL !== gone.URL);

  return [
    route('GET /v1/containers', (call) => {
      const own = [...store.containers.values()].filter(({ project_id }) => project_id === call.identity().projectId);
      return { status: 200, body: { containers: own.map((container) => view(call, container)), total: own.length } };
    }),
    route('POST /v1/containers', (call) => {
      const wish = parsed(creation, json(call.body), refuseBody);
      const identity = call.identity();
      for (const { secret_ref } of wish.secret_refs ?? []) {
        if (!store.secrets.has(secret_ref.split('/').at(-1) ?? '')) {
          throw keyManagerProblem(404, 'Not Found', 'Secret provided for container not found.');
        }
      }
      const container: ContainerRecord = {
        id: v4(),
        name: wish.name ?? null,
        project_id: identity.projectId ?? '',
        creator_id: identity.userId,
        type: wish.type,
        secret_refs: wish.secret_refs ?? [],
        consumers: [],
        acl: null,
        created: stamp(),
        updated: stamp(),
      };
      store.containers.set(container.id, container);
      store.touch();
      const ref = refOf(call, container.id);
      return { status: 201, body: { container_ref: ref }, headers: { location: ref } };
    }),
    route('GET /v1/containers/:id', (call) => ({ status: 200, body: view(call, readable(call)) })),
    route('DELETE /v1/containers/:id', (call) => {
      const container = find(call);
      if (!mayWrite(call.identity(), container)) throw refused('Container deletion');
      store.containers.delete(container.id);
      store.touch();
      return { status: 204 };
    }),
    route('GET /v1/containers/:id/consumers', (call) => {
      const { consumers } = readable(call);
      return {
        status: 200,
        body: { consumers: consumers.map((row) => ({ ...row, status: 'ACTIVE' })), total: consumers.length },
      };
    }),
    route('POST /v1/containers/:id/consumers', (call) => {
      const container = readable(call);
      const added = parsed(consumer, json(call.body), refuseBody);
      container.consumers = [...others(container, added), added];
      store.touch();
      return { status: 200, body: view(call, container) };
    }),
    route('DELETE /v1/containers/:id/consumers', (call) => {
      const container = readable(call);
      const gone = parsed(consumer, json(call.body), refuseBody);
      const left = others(container, gone);
      if (left.length === container.consumers.length) throw keyManagerProblem(404, 'Not Found', 'Consumer not found.');
      container.consumers = left;
      store.touch();
      return { status: 200, body: view(call, container) };
    }),
    ...accessListRoutes(store, 'containers', find),
  ];
};
