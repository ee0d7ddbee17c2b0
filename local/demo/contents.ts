import type { StandInCloud } from '../cloud/cloud.ts';

/** Ids by kind. */
export type Contents = ReadonlyMap<string, ReadonlySet<string>>;

/** All that a load balancer may leave behind in the cloud, as it is now. */
export const contentsOf = ({ state }: StandInCloud): Contents =>
  new Map([
    ['servers', new Set(state.servers.keys())],
    ['server groups', new Set(state.serverGroups.keys())],
    ['ports', new Set(state.ports.keys())],
    ['security groups', new Set(state.securityGroups.keys())],
  ]);

/** How much of each kind has come or gone, for people; empty when nothing has. */
export const differences = (before: Contents, now: Contents): readonly string[] =>
  [...now].flatMap(([kind, ids]) => {
    const old = before.get(kind) ?? new Set();
    const changed = [...ids].filter((id) => !old.has(id)).length + [...old].filter((id) => !ids.has(id)).length;
    return changed === 0 ? [] : [`${changed} ${kind}`];
  });
