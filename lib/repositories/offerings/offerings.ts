import { OfferingInUseError, OfferingNameTakenError } from '../../errors/conflict.ts';
import { OfferingNotFoundError } from '../../errors/not-found.ts';
import { OFFERING_TITLES, type Offering, OfferingKind } from '../../models/offering.ts';
import { offeringRow } from '../rows/offering.ts';
import { setExpression } from '../table/expressions.ts';
import { flavorNameKey, loneKey } from '../table/keys.ts';
import { countDown, countUp, findLoneRow, listLoneRows, putLoneRow } from '../table/lone-rows.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';
import { OFFERING_ROWS } from './offering-holds.ts';
import { PROFILE_ROWS } from './offering-profiles.ts';

/** A rename that came in between is looked at once more. */
const ATTEMPTS = 5;

export type OfferingChanges = Partial<Pick<Offering, 'name' | 'description' | 'enabled'>>;

export const findOffering = (kind: OfferingKind, id: string): Promise<Offering | null> =>
  findLoneRow(OFFERING_ROWS[kind], id, offeringRow);

/** All flavors, or all zones, oldest first. */
export const listOfferings = (kind: OfferingKind): Promise<readonly Offering[]> =>
  listLoneRows(OFFERING_ROWS[kind], offeringRow);

/** @throws OfferingNotFoundError */
export const getOffering = async (kind: OfferingKind, id: string): Promise<Offering> => {
  const found = await findOffering(kind, id);
  if (found === null) throw new OfferingNotFoundError(OFFERING_TITLES[kind].offering, id);
  return found;
};

/** An availability zone's key is its name; a flavor's name has a row of its own. */
const takeName = (kind: OfferingKind, name: string): readonly TransactItem[] =>
  kind === OfferingKind.FLAVOR
    ? [{ Put: { ...inTable(), Item: flavorNameKey(name), ConditionExpression: 'attribute_not_exists(pk)' } }]
    : [];

const leaveName = (kind: OfferingKind, name: string): readonly TransactItem[] =>
  kind === OfferingKind.FLAVOR ? [{ Delete: { ...inTable(), Key: flavorNameKey(name) } }] : [];

/**
 * @throws OfferingNotFoundError its profile is not there
 * @throws OfferingNameTakenError
 */
export const createOffering = async (kind: OfferingKind, offering: Offering): Promise<void> => {
  const refusal = await transact([
    countUp(PROFILE_ROWS[kind], offering.profile_id),
    putLoneRow(OFFERING_ROWS[kind], offering),
    ...takeName(kind, offering.name),
  ]);
  if (refusal === null) return;
  const titles = OFFERING_TITLES[kind];
  if (refusal.index === 0) throw new OfferingNotFoundError(titles.profile, offering.profile_id);
  throw new OfferingNameTakenError(titles.offering, offering.name);
};

const change = (kind: OfferingKind, { id, name: read }: Offering, changes: OfferingChanges) => {
  const update = setExpression(changes);
  const renames = changes.name !== undefined && changes.name !== read;
  return transact([
    {
      Update: {
        ...inTable(),
        Key: loneKey(OFFERING_ROWS[kind], id),
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: '#read_name = :read_name',
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#read_name': 'name' },
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read_name': read },
      },
    },
    ...(renames ? [...leaveName(kind, read), ...takeName(kind, String(changes.name))] : []),
  ]);
};

/** @throws OfferingNotFoundError @throws OfferingNameTakenError */
export const changeOffering = async (kind: OfferingKind, id: string, changes: OfferingChanges): Promise<void> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const offering = await getOffering(kind, id);
    if (Object.keys(changes).length === 0) return;
    const refusal = await change(kind, offering, changes);
    if (refusal === null) return;
    if (refusal.index > 0) break;
  }
  throw new OfferingNameTakenError(OFFERING_TITLES[kind].offering, changes.name ?? id);
};

/** @throws OfferingNotFoundError @throws OfferingInUseError a load balancer that is not deleted has chosen it */
export const removeOffering = async (kind: OfferingKind, id: string): Promise<void> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { name, profile_id } = await getOffering(kind, id);
    const refusal = await transact([
      {
        Delete: {
          ...inTable(),
          Key: loneKey(OFFERING_ROWS[kind], id),
          ConditionExpression: '#name = :name AND in_use = :none',
          ExpressionAttributeNames: { '#name': 'name' },
          ExpressionAttributeValues: { ':name': name, ':none': 0 },
        },
      },
      ...leaveName(kind, name),
      countDown(PROFILE_ROWS[kind], profile_id),
    ]);
    if (refusal === null) return;
    if (refusal.found !== null && offeringRow.parse(refusal.found).in_use > 0) break;
  }
  throw new OfferingInUseError(OFFERING_TITLES[kind].offering, id);
};
