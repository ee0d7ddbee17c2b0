interface Created {
  readonly id: string;
  readonly created_at: string;
}

/** The order of texts by their characters. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order of creation; ids decide between objects of the same millisecond. */
export const byCreation = (a: Created, b: Created): number =>
  compareTexts(a.created_at, b.created_at) || compareTexts(a.id, b.id);
