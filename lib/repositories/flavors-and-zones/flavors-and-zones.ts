import { FlavorOrZoneInUseError, FlavorOrZoneNameTakenError } from '../../errors/conflict.ts';
import { FlavorOrZoneNotFoundError } from '../../errors/not-found.ts';
import { FLAVOR_OR_ZONE_TITLES, type FlavorOrZone, FlavorOrZoneKind } from '../../models/flavors-and-zones.ts';
import { flavorOrZoneRow } from '../rows/flavors-and-zones.ts';
import { setExpression } from '../table/expressions.ts';
import { flavorNameKey, loneKey } from '../table/keys.ts';
import { countDown, countUp, findLoneRow, listLoneRows, putLoneRow } from '../table/lone-rows.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';
import { FLAVOR_OR_ZONE_ROWS } from './holds.ts';
import { PROFILE_ROWS } from './profiles.ts';

/** A rename that came in between is looked at once more. */
const ATTEMPTS = 5;

/** What may change. */
export type FlavorOrZoneChanges = Partial<Omit<FlavorOrZone, 'id' | 'profile_id' | 'created_at'>>;

export const findFlavorOrZone = (kind: FlavorOrZoneKind, id: string): Promise<FlavorOrZone | null> =>
  findLoneRow(FLAVOR_OR_ZONE_ROWS[kind], id, flavorOrZoneRow);

/** All flavors, or all zones, oldest first. */
export const listFlavorsOrZones = (kind: FlavorOrZoneKind): Promise<readonly FlavorOrZone[]> =>
  listLoneRows(FLAVOR_OR_ZONE_ROWS[kind], flavorOrZoneRow);

/** @throws FlavorOrZoneNotFoundError */
export const getFlavorOrZone = async (kind: FlavorOrZoneKind, id: string): Promise<FlavorOrZone> => {
  const found = await findFlavorOrZone(kind, id);
  if (found === null) throw new FlavorOrZoneNotFoundError(FLAVOR_OR_ZONE_TITLES[kind].itself, id);
  return found;
};

/** An availability zone's key is its name; a flavor's name has a row of its own. */
const takeName = (kind: FlavorOrZoneKind, name: string): readonly TransactItem[] =>
  kind === FlavorOrZoneKind.FLAVOR
    ? [{ Put: { ...inTable(), Item: flavorNameKey(name), ConditionExpression: 'attribute_not_exists(pk)' } }]
    : [];

const leaveName = (kind: FlavorOrZoneKind, name: string): readonly TransactItem[] =>
  kind === FlavorOrZoneKind.FLAVOR ? [{ Delete: { ...inTable(), Key: flavorNameKey(name) } }] : [];

/**
 * @throws FlavorOrZoneNotFoundError its profile is not there
 * @throws FlavorOrZoneNameTakenError
 */
export const createFlavorOrZone = async (kind: FlavorOrZoneKind, flavorOrZone: FlavorOrZone): Promise<void> => {
  const refusal = await transact([
    countUp(PROFILE_ROWS[kind], flavorOrZone.profile_id),
    putLoneRow(FLAVOR_OR_ZONE_ROWS[kind], flavorOrZone),
    ...takeName(kind, flavorOrZone.name),
  ]);
  if (refusal === null) return;
  const titles = FLAVOR_OR_ZONE_TITLES[kind];
  if (refusal.index === 0) throw new FlavorOrZoneNotFoundError(titles.profile, flavorOrZone.profile_id);
  throw new FlavorOrZoneNameTakenError(titles.itself, flavorOrZone.name);
};

const change = (kind: FlavorOrZoneKind, { id, name: read }: FlavorOrZone, changes: FlavorOrZoneChanges) => {
  const update = setExpression(changes);
  const renames = changes.name !== undefined && changes.name !== read;
  return transact([
    {
      Update: {
        ...inTable(),
        Key: loneKey(FLAVOR_OR_ZONE_ROWS[kind], id),
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: '#read_name = :read_name',
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#read_name': 'name' },
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read_name': read },
      },
    },
    ...(renames ? [...leaveName(kind, read), ...takeName(kind, String(changes.name))] : []),
  ]);
};

/** @throws FlavorOrZoneNotFoundError @throws FlavorOrZoneNameTakenError */
export const changeFlavorOrZone = async (
  kind: FlavorOrZoneKind,
  id: string,
  changes: FlavorOrZoneChanges,
): Promise<void> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const flavorOrZone = await getFlavorOrZone(kind, id);
    if (Object.keys(changes).length === 0) return;
    const refusal = await change(kind, flavorOrZone, changes);
    if (refusal === null) return;
    if (refusal.index > 0) break;
  }
  throw new FlavorOrZoneNameTakenError(FLAVOR_OR_ZONE_TITLES[kind].itself, changes.name ?? id);
};

/** @throws FlavorOrZoneNotFoundError @throws FlavorOrZoneInUseError a load balancer that is not deleted has chosen it */
export const removeFlavorOrZone = async (kind: FlavorOrZoneKind, id: string): Promise<void> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { name, profile_id } = await getFlavorOrZone(kind, id);
    const refusal = await transact([
      {
        Delete: {
          ...inTable(),
          Key: loneKey(FLAVOR_OR_ZONE_ROWS[kind], id),
          ConditionExpression: '#name = :name AND in_use = :none',
          ExpressionAttributeNames: { '#name': 'name' },
          ExpressionAttributeValues: { ':name': name, ':none': 0 },
        },
      },
      ...leaveName(kind, name),
      countDown(PROFILE_ROWS[kind], profile_id),
    ]);
    if (refusal === null) return;
    if (refusal.found !== null && flavorOrZoneRow.parse(refusal.found).in_use > 0) break;
  }
  throw new FlavorOrZoneInUseError(FLAVOR_OR_ZONE_TITLES[kind].itself, id);
};
