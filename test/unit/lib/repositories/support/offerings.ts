import { randomUUID } from 'node:crypto';
import type { Offering, OfferingKind, OfferingProfile } from '../../../../../lib/models/offering.ts';
import { createProfile } from '../../../../../lib/repositories/offerings/offering-profiles.ts';
import { createOffering } from '../../../../../lib/repositories/offerings/offerings.ts';

export const newProfile = (changes: Partial<OfferingProfile> = {}): OfferingProfile => ({
  id: randomUUID(),
  name: 'profile',
  provider_name: 'amphora',
  data: '{}',
  created_at: new Date().toISOString(),
  ...changes,
});

/** A profile in the table. */
export const storedProfile = async (
  kind: OfferingKind,
  changes: Partial<OfferingProfile> = {},
): Promise<OfferingProfile> => {
  const profile = newProfile(changes);
  await createProfile(kind, profile);
  return profile;
};

export const newOffering = (kind: OfferingKind, profileId: string, changes: Partial<Offering> = {}): Offering => {
  const name = changes.name ?? `offering-${randomUUID()}`;
  const id = kind === 'flavor' ? randomUUID() : name;
  const created_at = new Date().toISOString();
  return { id, name, description: '', enabled: true, profile_id: profileId, created_at, ...changes };
};

/** A flavor or zone in the table with a profile of its own, which says `data`. */
export const storedOffering = async (
  kind: OfferingKind,
  data: object = {},
  changes: Partial<Offering> = {},
): Promise<Offering> => {
  const profile = await storedProfile(kind, { data: JSON.stringify(data) });
  const offering = newOffering(kind, profile.id, changes);
  await createOffering(kind, offering);
  return offering;
};
