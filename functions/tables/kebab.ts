/** The name of a file, or of a policy: PlugVIPAmphora becomes plug-vip-amphora. */
export const kebab = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
