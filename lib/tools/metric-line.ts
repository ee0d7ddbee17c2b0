import { tableConfig } from '../settings/config.ts';

/**
 * The facts of a log line from which CloudWatch reads metrics, all of them counts of one dimension, in a namespace of
 * the stage; a value that is undefined is no metric of this line.
 * @param at milliseconds UTC
 */
export const metricLine = (
  at: number,
  dimension: Readonly<Record<string, string>>,
  counts: Readonly<Record<string, number | undefined>>,
): Readonly<Record<string, unknown>> => {
  const known = Object.entries(counts).filter(([, count]) => count !== undefined);
  const Metrics = known.map(([Name]) => ({ Name, Unit: 'Count' }));
  return {
    _aws: {
      Timestamp: at,
      CloudWatchMetrics: [{ Namespace: tableConfig().tableName, Dimensions: [Object.keys(dimension)], Metrics }],
    },
    ...dimension,
    ...Object.fromEntries(known),
  };
};
