import { describe, expect, it } from 'vitest';
import { alarmsIn, endedIn } from '../../../../lib/health/alarm-events.ts';

const id = '11111111-2222-4333-8444-555555555555';
const own = {
  amphora_id: id,
  loadbalancer_id: null,
  zone: 'nova',
  reason: 'SILENT',
  heard_at: '2026-01-01T00:00:00.000Z',
  well_at: '2026-01-01T00:00:00.000Z',
  stale: false,
};
const changed = (value: string, dimensions: Record<string, string>) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: {
    alarmName: 'deploy-worker-prod-amphora',
    state: { value },
    configuration: { metrics: [{ id: 'm1', metricStat: { metric: { namespace: 'x', name: 'y', dimensions } } }] },
  },
});
const notified = (message: unknown) => ({
  Records: [
    { EventSource: 'aws:sns', Sns: { Message: typeof message === 'string' ? message : JSON.stringify(message) } },
  ],
});
const trigger = (NewStateValue: string) => ({
  NewStateValue,
  Trigger: { MetricName: 'y', Dimensions: [{ name: 'AmphoraId', value: id }] },
});

describe('the alarms of an event', () => {
  it("are the receivers' own as they are", () => {
    expect(alarmsIn({ source: 'x', 'detail-type': 'Amphora Health Alarm', detail: own })).toEqual([own]);
  });

  it('are none where an event of a receiver gives an order as CloudWatch does', () => {
    const detail = { ...own, reason: 'CLOUDWATCH', stale: true };
    expect(alarmsIn({ source: 'x', 'detail-type': 'Amphora Health Alarm', detail })).toEqual([]);
  });

  it("are those of a CloudWatch alarm's amphora, by EventBridge", () => {
    const alarms = alarmsIn(changed('ALARM', { AmphoraId: id }));
    expect(alarms).toMatchObject([{ amphora_id: id, reason: 'CLOUDWATCH', stale: true }]);
  });

  it('are the same by SNS, of a metric or of one in an expression', () => {
    expect(alarmsIn(notified(trigger('ALARM')))).toMatchObject([{ amphora_id: id, reason: 'CLOUDWATCH' }]);
    const metric = { MetricStat: { Metric: { Dimensions: [{ name: 'AmphoraId', value: id }] } } };
    const inExpression = { NewStateValue: 'ALARM', Trigger: { Metrics: [{ Expression: 'm1 > 1' }, metric] } };
    expect(alarmsIn(notified(inExpression))).toMatchObject([{ amphora_id: id }]);
  });

  it.each([
    ['an alarm that ended', changed('OK', { AmphoraId: id })],
    ['an alarm of something else', changed('ALARM', { FunctionName: 'Api' })],
    ['a dimension that names no amphora', changed('ALARM', { AmphoraId: 'all of them' })],
    ['a notification of an alarm that ended', notified(trigger('INSUFFICIENT_DATA'))],
    ['a notification that is no JSON', notified('hello')],
    ['a notification of something else', notified({ hello: 'world' })],
    ['another event', { source: 'aws.s3', detail: {} }],
    ['an own one that is damaged', { 'detail-type': 'Amphora Health Alarm', detail: { ...own, amphora_id: 7 } }],
    ['nothing', null],
  ])('are none for %s', (_what, event) => {
    expect(alarmsIn(event)).toEqual([]);
  });
});

describe('the alarms that end by an event', () => {
  it('are those of a CloudWatch alarm that is OK again, by EventBridge or SNS', () => {
    expect(endedIn(changed('OK', { AmphoraId: id }))).toEqual([id]);
    expect(endedIn(notified(trigger('OK')))).toEqual([id]);
  });

  it('are none for one that begins, or of which nothing is known', () => {
    expect(endedIn(changed('ALARM', { AmphoraId: id }))).toEqual([]);
    expect(endedIn(notified(trigger('INSUFFICIENT_DATA')))).toEqual([]);
  });
});
