import { OfferingInUseError } from '../../errors/conflict.ts';
import { DuplicateIdError } from '../../errors/flow.ts';
import { OfferingNotFoundError } from '../../errors/not-found.ts';
import { OFFERING_TITLES, type OfferingKind, type OfferingProfile } from '../../models/offering.ts';
import { offeringProfileRow } from '../rows/offering.ts';
import { setExpression } from '../table/expressions.ts';
import { loneKey, RowType } from '../table/keys.ts';
import { findLoneRow, listLoneRows, putLoneRow } from '../table/lone-rows.ts';
import { inTable, transact } from '../table/transact.ts';

export const PROFILE_ROWS = Object.freeze({
  flavor: RowType.FLAVOR_PROFILE,
  availability_zone: RowType.AVAILABILITY_ZONE_PROFILE,
});

/** What may change; the provider and the data only while no flavor or zone has the profile. */
export type ProfileChanges = Partial<Pick<OfferingProfile, 'name' | 'provider_name' | 'data'>>;

export const findProfile = (kind: OfferingKind, id: string): Promise<OfferingProfile | null> =>
  findLoneRow(PROFILE_ROWS[kind], id, offeringProfileRow);

/** All profiles of a kind, oldest first. */
export const listProfiles = (kind: OfferingKind): Promise<readonly OfferingProfile[]> =>
  listLoneRows(PROFILE_ROWS[kind], offeringProfileRow);

/** @throws OfferingNotFoundError */
export const getProfile = async (kind: OfferingKind, id: string): Promise<OfferingProfile> => {
  const found = await findProfile(kind, id);
  if (found === null) throw new OfferingNotFoundError(OFFERING_TITLES[kind].missingProfile, id);
  return found;
};

/** @throws DuplicateIdError */
export const createProfile = async (kind: OfferingKind, profile: OfferingProfile): Promise<void> => {
  const refusal = await transact([putLoneRow(PROFILE_ROWS[kind], profile)]);
  if (refusal !== null) throw new DuplicateIdError(OFFERING_TITLES[kind].profile, profile.id);
};

const refused = (kind: OfferingKind, id: string, found: object | null): Error => {
  const { profile } = OFFERING_TITLES[kind];
  return found === null ? new OfferingNotFoundError(profile, id) : new OfferingInUseError(profile, id);
};

const IS_UNUSED = 'attribute_exists(pk) AND in_use = :none';

/**
 * @throws OfferingNotFoundError
 * @throws OfferingInUseError a flavor or zone has it, and its provider or data were to change; nothing is written
 */
export const changeProfile = async (
  kind: OfferingKind,
  id: string,
  { name, provider_name, data }: ProfileChanges,
): Promise<void> => {
  const renamed = provider_name === undefined && data === undefined;
  if (renamed && name === undefined) return;
  const update = setExpression({ name, provider_name, data });
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: loneKey(PROFILE_ROWS[kind], id),
        ...update,
        ConditionExpression: renamed ? 'attribute_exists(pk)' : IS_UNUSED,
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...(renamed ? {} : { ':none': 0 }) },
      },
    },
  ]);
  if (refusal !== null) throw refused(kind, id, refusal.found);
};

/** @throws OfferingNotFoundError @throws OfferingInUseError a flavor or zone has it */
export const removeProfile = async (kind: OfferingKind, id: string): Promise<void> => {
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
