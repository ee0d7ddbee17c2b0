const ROW = /^\| `(?<name>[A-Z][A-Z0-9_]+)` \| (?<fallback>.*?) \| (?<meaning>.*) \|$/gm;

/** A row of a page's tables of settings. */
export interface DocumentedSetting {
  /** As it would be written in the environment, `required`, or nothing. */
  readonly fallback: string;
  readonly meaning: string;
}

/** The rows of the settings tables of a page, by name. */
export const documentedSettings = (page: string): ReadonlyMap<string, DocumentedSetting> =>
  new Map(
    [...page.matchAll(ROW)].map(({ groups }) => {
      const { name = '', fallback = '', meaning = '' } = groups ?? {};
      return [name, { fallback: fallback.replaceAll('`', ''), meaning }];
    }),
  );
