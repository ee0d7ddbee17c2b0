import { randomUUID } from 'node:crypto';
import type {
  FlavorOrZone,
  FlavorOrZoneKind,
  FlavorOrZoneProfile,
} from '../../../../../lib/models/flavors-and-zones.ts';
import { createFlavorOrZone } from '../../../../../lib/repositories/flavors-and-zones/flavors-and-zones.ts';
import { createProfile } from '../../../../../lib/repositories/flavors-and-zones/profiles.ts';

export const newProfile = (changes: Partial<FlavorOrZoneProfile> = {}): FlavorOrZoneProfile => ({
  id: randomUUID(),
  name: 'profile',
  provider_name: 'amphora',
  data: '{}',
  created_at: new Date().toISOString(),
  ...changes,
});

/** A profile in the table. */
export const storedProfile = async (
  kind: FlavorOrZoneKind,
  changes: Partial<FlavorOrZoneProfile> = {},
): Promise<FlavorOrZoneProfile> => {
  const profile = newProfile(changes);
  await createProfile(kind, profile);
  return profile;
};

export const newFlavorOrZone = (
  kind: FlavorOrZoneKind,
  profileId: string,
  changes: Partial<FlavorOrZone> = {},
): FlavorOrZone => {
  const name = changes.name ?? `flavor-or-zone-${randomUUID()}`;
  const id = kind === 'flavor' ? randomUUID() : name;
  const created_at = new Date().toISOString();
  return { id, name, description: '', enabled: true, profile_id: profileId, created_at, ...changes };
};

/** A flavor or zone in the table with a profile of its own, which says `data`. */
export const storedFlavorOrZone = async (
  kind: FlavorOrZoneKind,
  data: object = {},
  changes: Partial<FlavorOrZone> = {},
): Promise<FlavorOrZone> => {
  const profile = await storedProfile(kind, { data: JSON.stringify(data) });
  const flavorOrZone = newFlavorOrZone(kind, profile.id, changes);
  await createFlavorOrZone(kind, flavorOrZone);
  return flavorOrZone;
};
