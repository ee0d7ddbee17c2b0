import { expect, it } from 'vitest';
import { tableConfig } from '../../../../lib/settings/config.ts';
import { metricLine } from '../../../../lib/tools/metric-line.ts';

it('a line with metrics declares what it counts, and nothing that is not known', () => {
  const Namespace = tableConfig().tableName;
  const Metrics = [{ Name: 'Due', Unit: 'Count' }];
  expect(metricLine(5, { Function: 'F' }, { Due: 2, Left: undefined })).toEqual({
    _aws: { Timestamp: 5, CloudWatchMetrics: [{ Namespace, Dimensions: [['Function']], Metrics }] },
    Function: 'F',
    Due: 2,
  });
});
