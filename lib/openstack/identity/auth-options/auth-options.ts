/** A user, project or domain: by id, or by name. */
export interface NamedOrId {
  readonly id: string | null;
  readonly name: string | null;
}

export interface PasswordCredentials {
  readonly kind: 'password';
  readonly user: NamedOrId;
  readonly userDomain: NamedOrId;
  readonly password: string;
}

export interface ApplicationCredentials {
  readonly kind: 'application-credential';
  readonly id: string | null;
  /** With a name, the user it belongs to is needed. */
  readonly name: string | null;
  readonly user: NamedOrId;
  readonly userDomain: NamedOrId;
  readonly secret: string;
}

/** How to sign in to a cloud, and how to reach its services. Holds secrets: never logged. */
export interface AuthOptions {
  /** Keystone's address with `/v3` and no slash at the end. */
  readonly authUrl: string;
  readonly credentials: PasswordCredentials | ApplicationCredentials;
  /** null with an application credential, which carries its own. */
  readonly project: NamedOrId | null;
  readonly projectDomain: NamedOrId;
  readonly region: string | null;
  readonly interface: 'public' | 'internal' | 'admin';
  /** Path of a PEM file of trusted authorities; null for the system's. */
  readonly caFile: string | null;
  readonly verify: boolean;
  /** Addresses that win over the catalog's, by service type. */
  readonly endpointOverrides: Readonly<Record<string, string>>;
}

/** Keystone's address as users write it (bare, with a version, with a slash) as `.../v3`. */
export const versionedAuthUrl = (authUrl: string): string =>
  `${authUrl.replace(/\/+$/, '').replace(/\/v(2\.0|3)$/, '')}/v3`;
