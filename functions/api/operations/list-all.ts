import * as z from 'zod';
import type { Operation } from '../../../lib/models/operations/operation.ts';
import { operationPlace, walkAllOperations } from '../../../lib/repositories/operations/all-operations.ts';
import { findOwnRecord } from '../../../lib/repositories/operations/operations.ts';
import { invalidOption } from '../answers/refusals.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { Kept } from '../lists/page.ts';
import { authorizeList } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import { OPTIONS, operationView, SEARCHABLE_OVER_ALL } from './view.ts';

const instant = z.iso.datetime({ offset: true });

/** The moment that `since` names, as the table has moments; null when it is not given. @throws ApiError 400 */
const askedSince = (query: URLSearchParams): string | null => {
  const given = query.getAll('since').at(-1);
  if (given === undefined) return null;
  if (!instant.safeParse(given).success) throw invalidOption(given, 'since: use a time such as 2026-11-30T12:00:00Z');
  return new Date(given).toISOString();
};

/** With one of these, a page of so many is made of more than so many. */
const FILTERS = SEARCHABLE_OVER_ALL.filter((name) => name !== 'project_id');

/**
 * GET /lbaas/operations, newest first: of the caller's project, or for administrators of all, with those of single
 * amphorae.
 */
export const listsAllOperations =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    const global = 'os_load-balancer_api:operation:get_all-global';
    const projectId = authorizeList(request, global, askedProject(request.query));
    const chosen = {
      projectId,
      since: askedSince(request.query),
      loadBalancerIds: request.query.getAll('loadbalancer_id'),
    };
    const isFiltered = FILTERS.some((name) => request.query.has(name));
    const viewOf = (operation: Operation) =>
      operationView(operation, request.allows('os_load-balancer_api:operation:get_details', operation.project_id));
    const kept: Kept = {
      // What is stored of a joined one is not what is shown.
      stored: {},
      walk: async function* (walk) {
        const wanted = isFiltered ? null : walk.wanted;
        for await (const operation of walkAllOperations(chosen, { ...walk, wanted })) yield viewOf(operation);
      },
      findMarker: async (id) => {
        const found = await findOwnRecord(id);
        const visible = found !== null && (projectId === null || found.project_id === projectId);
        return visible ? { view: viewOf(found), place: operationPlace(found) } : null;
      },
    };
    const listing = { plural: 'operations', searchable: SEARCHABLE_OVER_ALL, options: OPTIONS, own: ['since'] };
    return await listAnswer(request, { ...listing, maxLimit: settings().paginationMaxLimit, direction: 'desc' }, kept);
  };
