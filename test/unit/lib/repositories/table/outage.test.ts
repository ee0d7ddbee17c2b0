import { readFileSync } from 'node:fs';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { isBusy, outageOf, undecided } from '../../../../../lib/repositories/table/outage.ts';

const failure = (name: string, more: object = {}) => Object.assign(new Error('refused'), { name, ...more });

describe('an error of the table', () => {
  it.each(['ThrottlingException', 'ThrottlingError', 'TransactionConflict', 'InternalServerError'])(
    'is busy for %s, of a request, a statement or an item',
    (code) => {
      expect(isBusy(code)).toBe(true);
      expect(outageOf(failure(code))).toBe('busy');
    },
  );

  it('is away when no answer came, or one of a broken server', () => {
    expect(outageOf(failure('Error', { code: 'ECONNREFUSED' }))).toBe('away');
    expect(outageOf(failure('TimeoutError'))).toBe('away');
    expect(outageOf(failure('UnknownError', { $metadata: { httpStatusCode: 502 } }))).toBe('away');
  });

  it('is no outage when the table refuses what is in the request, or the code itself is wrong', () => {
    expect(outageOf(failure('ValidationException', { $metadata: { httpStatusCode: 400 } }))).toBeNull();
    expect(outageOf(failure('TypeError', { code: 'ERR_INVALID_ARG_TYPE' }))).toBeNull();
    expect(outageOf('text')).toBeNull();
  });

  it('is busy for every name that the flows try again for the table', () => {
    const text = readFileSync('statemachines/retries.yml', 'utf8');
    const policies = z.record(z.string(), z.array(z.object({ ErrorEquals: z.array(z.string()) }))).parse(parse(text));
    const named = Object.values(policies)
      .flat()
      .map(({ ErrorEquals }) => ErrorEquals)
      .filter((names) => names.includes('ThrottlingException'));
    expect(named.length).toBeGreaterThan(0);
    for (const names of named) expect(names.filter((name) => !isBusy(name))).toEqual([]);
  });
});

describe('a request to the table', () => {
  const canceled = (...codes: readonly string[]) =>
    new TransactionCanceledException({
      message: 'canceled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });

  it.each([
    ['a plain write that met a transaction', failure('TransactionConflictException'), 'conflict'],
    ['a statement of a batch that met one', 'TransactionConflict', 'conflict'],
    ['the same transaction, still on its way', failure('TransactionInProgressException'), 'conflict'],
    ['a transaction that met another one', canceled('None', 'TransactionConflict'), 'conflict'],
    ['a throttled transaction that met another one', canceled('TransactionConflict', 'ThrottlingError'), 'busy'],
    ['a throttled write', failure('ThrottlingException'), 'busy'],
    ['a refused transaction that met another one', canceled('TransactionConflict', 'ConditionalCheckFailed'), null],
    ['a refused write', failure('ConditionalCheckFailedException'), null],
  ])('is undecided by a conflict or a busy table, or decided: %s', (_name, error, why) => {
    expect(undecided(error)).toBe(why);
  });
});
