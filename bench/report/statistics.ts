/**
 * The value that the given share of the values does not exceed (nearest rank).
 * @param share from 0 to 1
 * @throws RangeError there are no values
 */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('no values were measured');
  return found;
};

/** The middle value, or the mean of the two middle ones. @throws RangeError there are no values */
export const median = (values: readonly number[]): number => {
  const mirrored = values.map((value) => -value);
  return (quantile(values, 0.5) - quantile(mirrored, 0.5)) / 2;
};
