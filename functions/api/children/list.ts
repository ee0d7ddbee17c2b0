import type { ChildObjects } from '../../../lib/models/objects/child.ts';
import type { ListedKind } from '../../../lib/models/objects/kinds.ts';
import { walkChildren } from '../../../lib/repositories/objects/child-lists.ts';
import { findObject } from '../../../lib/repositories/objects/child-reads.ts';
import { listPlace } from '../../../lib/repositories/table/keys.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { Kept } from '../lists/page.ts';
import { authorizeList } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { PolicyAction } from '../request/policy.ts';
import type { ApiHandler } from '../request/request.ts';
import { forEachLoadBalancer } from './trees.ts';

/** What a list asks of a resource. */
export interface ListedResource<Row, Related> {
  readonly plural: string;
  readonly searchable: readonly string[];
  readonly view: (row: Row, related: Related | null) => View;
  readonly hidden: (row: Row) => View;
}

/** How a list of one kind is made; `Related` is what is looked up for each load balancer on the page. */
export interface ChildListing<Kind extends ListedKind, Related> {
  readonly kind: Kind;
  readonly resource: ListedResource<ChildObjects[Kind], Related>;
  /** The policy that lets the list span projects. */
  readonly global: PolicyAction;
  /** Gives the fields that can be filtered and sorted by and are not in the object's own row. @default none */
  readonly elsewhere?: (
    projectId: string | null,
    query: URLSearchParams,
  ) => Promise<(object: ChildObjects[Kind]) => View>;
  /** Fields that need a look-up, and the look-up itself; null when the object's own row says all. */
  readonly related: {
    readonly fields: readonly string[];
    readonly look: (loadBalancerId: string) => Promise<Related | null>;
  } | null;
}

const STORED_FIELDS = { id: 'id', name: 'name', loadbalancer_id: 'load_balancer_id' };

/** A list over all load balancers of a project; relations are looked up for what is on the page, and when asked for. */
export const listsChildren =
  <Kind extends ListedKind, Related>(
    settings: () => Pick<ApiSettings, 'paginationMaxLimit'>,
    listing: ChildListing<Kind, Related>,
  ): ApiHandler =>
  async (request) => {
    const { kind, resource } = listing;
    const { plural, searchable, view } = resource;
    const projectId = authorizeList(request, listing.global, askedProject(request.query));
    const byId = new Map<string, ChildObjects[Kind]>();
    const elsewhere = await listing.elsewhere?.(projectId, request.query);
    const row = (object: ChildObjects[Kind]): View => ({
      ...view(object, null),
      ...resource.hidden(object),
      ...elsewhere?.(object),
    });

    const complete = async (page: readonly View[], fields: readonly string[] | null) => {
      const onPage = page.flatMap(({ id }) => byId.get(String(id)) ?? []);
      const { related } = listing;
      const needed = related !== null && (fields === null || related.fields.some((field) => fields.includes(field)));
      const found = needed ? await forEachLoadBalancer(onPage, related.look) : null;
      return onPage.map((object) => view(object, found?.get(object.load_balancer_id) ?? null));
    };

    const kept: Kept = {
      stored: STORED_FIELDS,
      walk: async function* (walk) {
        for await (const object of walkChildren(kind, projectId, walk)) {
          byId.set(object.id, object);
          yield row(object);
        }
      },
      findMarker: async (id) => {
        const found = await findObject(kind, id);
        const visible = found !== null && (projectId === null || found.project_id === projectId);
        return visible ? { view: row(found), place: listPlace(found.created_at, found.id) } : null;
      },
    };

    const maxLimit = settings().paginationMaxLimit;
    return await listAnswer(request, { plural, searchable, maxLimit, complete }, kept);
  };
