import { FlavorOrZoneInUseError } from '../../errors/conflict.ts';
import { DuplicateIdError } from '../../errors/flow.ts';
import { FlavorOrZoneNotFoundError } from '../../errors/not-found.ts';
import {
  FLAVOR_OR_ZONE_TITLES,
  type FlavorOrZoneKind,
  type FlavorOrZoneProfile,
} from '../../models/flavors-and-zones.ts';
import { profileRow } from '../rows/flavors-and-zones.ts';
import { setExpression } from '../table/expressions.ts';
import { loneKey, RowType } from '../table/keys.ts';
import { findLoneRow, listLoneRows, putLoneRow } from '../table/lone-rows.ts';
import { inTable, transact } from '../table/transact.ts';

export const PROFILE_ROWS = Object.freeze({
  flavor: RowType.FLAVOR_PROFILE,
  availability_zone: RowType.AVAILABILITY_ZONE_PROFILE,
});

/** What may change; the provider and the data only while no flavor or zone has the profile. */
export type ProfileChanges = Partial<Omit<FlavorOrZoneProfile, 'id' | 'created_at'>>;

export const findProfile = (kind: FlavorOrZoneKind, id: string): Promise<FlavorOrZoneProfile | null> =>
  findLoneRow(PROFILE_ROWS[kind], id, profileRow);

/** All profiles of a kind, oldest first. */
export const listProfiles = (kind: FlavorOrZoneKind): Promise<readonly FlavorOrZoneProfile[]> =>
  listLoneRows(PROFILE_ROWS[kind], profileRow);

/** @throws FlavorOrZoneNotFoundError */
export const getProfile = async (kind: FlavorOrZoneKind, id: string): Promise<FlavorOrZoneProfile> => {
  const found = await findProfile(kind, id);
  if (found === null) throw new FlavorOrZoneNotFoundError(FLAVOR_OR_ZONE_TITLES[kind].missingProfile, id);
  return found;
};

/** @throws DuplicateIdError */
export const createProfile = async (kind: FlavorOrZoneKind, profile: FlavorOrZoneProfile): Promise<void> => {
  const refusal = await transact([putLoneRow(PROFILE_ROWS[kind], profile)]);
  if (refusal !== null) throw new DuplicateIdError(FLAVOR_OR_ZONE_TITLES[kind].profile, profile.id);
};

const refused = (kind: FlavorOrZoneKind, id: string, found: object | null): Error => {
  const { profile } = FLAVOR_OR_ZONE_TITLES[kind];
  return found === null ? new FlavorOrZoneNotFoundError(profile, id) : new FlavorOrZoneInUseError(profile, id);
};

const IS_UNUSED = 'attribute_exists(pk) AND in_use = :none';

/**
 * @throws FlavorOrZoneNotFoundError
 * @throws FlavorOrZoneInUseError a flavor or zone has it, and its provider or data were to change; nothing is written
 */
export const changeProfile = async (kind: FlavorOrZoneKind, id: string, changes: ProfileChanges): Promise<void> => {
  if (Object.keys(changes).length === 0) return;
  const keepsMeaning = changes.provider_name === undefined && changes.data === undefined;
  const update = setExpression(changes);
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: loneKey(PROFILE_ROWS[kind], id),
        ...update,
        ConditionExpression: keepsMeaning ? 'attribute_exists(pk)' : IS_UNUSED,
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...(keepsMeaning ? {} : { ':none': 0 }) },
      },
    },
  ]);
  if (refusal !== null) throw refused(kind, id, refusal.found);
};

/** @throws FlavorOrZoneNotFoundError @throws FlavorOrZoneInUseError a flavor or zone has it */
export const removeProfile = async (kind: FlavorOrZoneKind, id: string): Promise<void> => {
  const refusal = await transact([
    {
      Delete: {
        ...inTable(),
        Key: loneKey(PROFILE_ROWS[kind], id),
        ConditionExpression: IS_UNUSED,
        ExpressionAttributeValues: { ':none': 0 },
      },
    },
  ]);
  if (refusal !== null) throw refused(kind, id, refusal.found);
};
