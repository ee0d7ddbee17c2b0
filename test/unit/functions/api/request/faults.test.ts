import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../../../functions/api/answers/api-error.ts';
import { answerOfError } from '../../../../../functions/api/request/faults.ts';
import {
  CertificateRetrievalError,
  CloudCredentialsError,
  CloudResourceNotFoundError,
  CloudUnavailableError,
  VipAllocationError,
  VipInUseError,
} from '../../../../../lib/errors/cloud.ts';
import { ImmutableChildError } from '../../../../../lib/errors/conflict.ts';
import { DuplicateIdError, ImmutableObjectError } from '../../../../../lib/errors/flow.ts';
import { LBNotFound, NoSuitablePool } from '../../../../../lib/errors/not-found.ts';

const told = (error: unknown) => {
  const { answer, expected } = answerOfError(error);
  return { status: answer.status, body: answer.body, expected };
};
const fault = (faultcode: string, faultstring: string) => ({ faultcode, faultstring, debuginfo: null });

describe('the answer to an error', () => {
  it.each([
    [new LBNotFound('x'), 404, 'Load Balancer x not found.'],
    [
      new ImmutableObjectError('loadbalancer', 'x', 'PENDING_UPDATE'),
      409,
      'Invalid state PENDING_UPDATE of loadbalancer resource x',
    ],
    [new DuplicateIdError('Load Balancer', 'x'), 409, 'Already an entity with that specified id.'],
    [new CloudResourceNotFoundError('subnet', 'x'), 400, 'Subnet x not found.'],
    [new VipInUseError('10.0.0.1 is taken'), 409, 'The VIP IP address is already in use: 10.0.0.1 is taken'],
    [new VipAllocationError('no address left'), 400, 'Validation failure: no address left'],
    [new NoSuitablePool('Pool x not found.'), 404, 'Pool x not found.'],
    [new ImmutableChildError('Pool', 'x'), 409, 'Pool x is immutable and cannot be updated.'],
    [new CertificateRetrievalError('Could not retrieve certificate: x.'), 400, 'Could not retrieve certificate: x.'],
    [new ApiError(403, 'no'), 403, 'no'],
  ])('is a client fault for %o', (error, status, text) => {
    expect(told(error)).toEqual({ status, body: fault('Client', text), expected: true });
  });

  it('asks to try again when a service of the cloud is away, without its words', () => {
    const { answer } = answerOfError(new CloudUnavailableError('connection to 10.0.0.1 failed'));
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(JSON.stringify(answer.body)).not.toContain('10.0.0.1');
  });

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'TransactionCanceledException'])(
    'asks to try again when the table says %s, without its words',
    (name) => {
      const error = Object.assign(new Error('level of configured throughput of table octavia exceeded'), { name });
      const { answer, expected } = answerOfError(error);
      expect([answer.status, answer.headers, expected]).toEqual([503, { 'retry-after': '5' }, true]);
      expect(answer.body).toEqual(fault('Server', 'The service is busy. Please try again.'));
    },
  );

  it.each([
    ['a service refuses the worker', new CloudCredentialsError('user octavia refused')],
    [
      'the table cannot be reached',
      Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' }),
    ],
    ['the time is over', Object.assign(new Error('[AbortError]: aborted'), { name: 'TimeoutError' })],
  ])('asks to try again, and logs the error, when %s', (_what, error) => {
    const { answer, expected } = answerOfError(error);
    expect([answer.status, answer.headers, expected]).toEqual([503, { 'retry-after': '5' }, false]);
    expect(JSON.stringify(answer.body)).not.toContain(error.message);
  });

  it.each([new Error('x'), 'text', null])('is a server fault without details for %o', (error) => {
    expect(told(error)).toEqual({
      status: 500,
      body: fault('Server', 'The server could not complete the request.'),
      expected: false,
    });
  });
});
