import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../../../../lib/openstack/http/service-request.ts';

describe('pathTo', () => {
  it('fills in encoded ids', () => {
    expect(pathTo`/servers/${'a b/c?d'}/os-interface/${'p'}`).toBe('/servers/a%20b%2Fc%3Fd/os-interface/p');
  });

  it.each(['', '.', '..'])('refuses "%s", which would address something else', (id) => {
    expect(() => pathTo`/ports/${id}`).toThrow(expect.objectContaining({ name: 'InvalidArgumentError' }));
  });
});

describe('readJson', () => {
  const request: ServiceRequest = { service: 'network', method: 'GET', path: '/ports', accepts: [200] };
  const read = (body: string) =>
    readJson(
      request,
      { status: 200, headers: {}, bytes: new TextEncoder().encode(body) },
      z.object({ port: z.object({ id: z.string() }) }),
    );

  it('answers what fits', () => {
    expect(read('{"port": {"id": "p", "more": 1}}')).toEqual({ port: { id: 'p' } });
  });

  it('takes what is no JSON for the answer of a proxy in front of the service, which is away', () => {
    const error = { name: 'CloudUnavailableError', retryable: true, resourceId: 'network' };
    expect(() => read('<html>')).toThrow(expect.objectContaining(error));
    expect(() => read('{"port": {"id"')).toThrow(expect.objectContaining(error));
  });

  it('fails by name for other JSON, without its values', () => {
    const error = { name: 'CloudRequestError', status: 200 };
    expect(() => read('{"port": {"id": 4711}}')).toThrow(expect.objectContaining(error));
    expect(() => read('{"port": {"id": 4711}}')).toThrow(/port\.id/);
    expect(() => read('{"port": {"id": 4711}}')).not.toThrow(/4711/);
  });
});
