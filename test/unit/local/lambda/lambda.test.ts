import { describe, expect, test, vi } from 'vitest';
import { type Handler, importHandler } from '../../../../local/lambda/handlers.ts';
import { createLambda } from '../../../../local/lambda/lambda.ts';

const create = (handler: Handler, timeout = 5) => {
  const load = vi.fn(async () => handler);
  return {
    load,
    lambda: createLambda({ folder: '.', region: 'r', load, functions: [{ key: 'F', handler: 'f.handler', timeout }] }),
  };
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (reason: unknown) => reason,
  );

describe('an invocation', () => {
  test('gives the handler a copy of the payload and a context', async () => {
    const payload = { list: [1], none: undefined };
    const { lambda } = create((event, context) => ({
      event,
      name: context.functionName,
      left: context.getRemainingTimeInMillis() > 4000,
    }));
    expect(await lambda.invoke('F', payload)).toEqual({ event: { list: [1] }, name: 'F', left: true });
  });

  test('loads the handler once', async () => {
    const { lambda, load } = create(() => null);
    await Promise.all([lambda.invoke('F', {}), lambda.invoke('F', {})]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test('fails with what the handler threw', async () => {
    const error = Object.assign(new Error('gone'), { name: 'LBNotFound' });
    const { lambda } = create(() => {
      throw error;
    });
    expect(await rejection(lambda.invoke('F', {}))).toBe(error);
  });

  test('that takes too long fails with Sandbox.Timedout', async () => {
    const { lambda } = create(() => new Promise(() => {}), 0.01);
    expect(await rejection(lambda.invoke('F', {}))).toMatchObject({
      name: 'Sandbox.Timedout',
      message: expect.stringContaining('Task timed out after 0.01 seconds'),
    });
  });

  test('that answers more than 6 MB fails', async () => {
    const { lambda } = create(() => 'x'.repeat(6 * 1024 * 1024));
    expect(await rejection(lambda.invoke('F', {}))).toHaveProperty('name', 'Function.ResponseSizeTooLarge');
  });

  test('of an unknown function fails', async () => {
    expect(await rejection(create(() => null).lambda.invoke('G', {}))).toHaveProperty(
      'name',
      'ResourceNotFoundException',
    );
  });
});

describe('a handler', () => {
  const folder = 'test/fixtures/local-service';

  test('is imported from its source', async () => {
    expect(await importHandler(folder, 'dist/functions/echo/greet.handler')).toBeTypeOf('function');
  });

  test('that is not there fails as in Lambda', async () => {
    expect(await rejection(importHandler(folder, 'dist/functions/echo/none.handler'))).toHaveProperty(
      'name',
      'Runtime.ImportModuleError',
    );
    expect(await rejection(importHandler(folder, 'dist/functions/echo/greet.other'))).toHaveProperty(
      'name',
      'Runtime.HandlerNotFound',
    );
  });
});
