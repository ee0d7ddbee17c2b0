import * as z from 'zod';
import { id } from '../views/shapes.ts';

const offered = { name: z.string(), description: z.string(), enabled: z.boolean() };
const profile = { id: id(), name: z.string(), provider_name: z.string() };

export const flavorShape = z.strictObject({ id: id(), ...offered, flavor_profile_id: id() }).meta({ id: 'Flavor' });
export type FlavorView = z.infer<typeof flavorShape>;

export const flavorProfileShape = z.strictObject({ ...profile, flavor_data: z.string() }).meta({ id: 'FlavorProfile' });
export type FlavorProfileView = z.infer<typeof flavorProfileShape>;

export const availabilityZoneShape = z
  .strictObject({ ...offered, availability_zone_profile_id: id() })
  .meta({ id: 'AvailabilityZone' });
export type AvailabilityZoneView = z.infer<typeof availabilityZoneShape>;

export const availabilityZoneProfileShape = z
  .strictObject({ ...profile, availability_zone_data: z.string() })
  .meta({ id: 'AvailabilityZoneProfile' });
export type AvailabilityZoneProfileView = z.infer<typeof availabilityZoneProfileShape>;

/** A provider, or a key that a profile can be made of, and what it does. */
export const describedShape = z.strictObject({ name: z.string(), description: z.string() });
export type DescribedView = z.infer<typeof describedShape>;
