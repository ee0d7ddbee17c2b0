/** What a tenant chooses by name when a load balancer is created, and an administrator describes in a profile. */
export const FlavorOrZoneKind = Object.freeze({ FLAVOR: 'flavor', AVAILABILITY_ZONE: 'availability_zone' });
export type FlavorOrZoneKind = (typeof FlavorOrZoneKind)[keyof typeof FlavorOrZoneKind];

export interface FlavorOrZone {
  /** A flavor's UUID; an availability zone has its name for an id. */
  readonly id: string;
  /** No other of its kind has it. */
  readonly name: string;
  readonly description: string;
  /** False: no new load balancer may choose it. */
  readonly enabled: boolean;
  readonly profile_id: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
}

/** What a flavor or availability zone means to a provider. */
export interface FlavorOrZoneProfile {
  readonly id: string;
  readonly name: string;
  readonly provider_name: string;
  /** JSON text as it was given; the provider takes it. */
  readonly data: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
}

/** What messages call them; one has another name where it is looked for. */
export const FLAVOR_OR_ZONE_TITLES = Object.freeze({
  flavor: { itself: 'Flavor', profile: 'Flavor profile', missingProfile: 'Flavor Profile' },
  availability_zone: {
    itself: 'Availability Zone',
    profile: 'Availability Zone Profile',
    missingProfile: 'Availability Zone Profile',
  },
});
