import { type ApiEvent, headerOf } from './request.ts';

const HOST = /^(?:[0-9a-z](?:[0-9a-z._-]*[0-9a-z])?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Scheme and host that links begin with, as the client knows them. Headers can say anything: another scheme than HTTP's
 * counts as http, and a host that is none as the gateway's own name.
 */
export const originOf = ({ headers, requestContext }: ApiEvent): string => {
  const forwarded = headerOf(headers, 'x-forwarded-proto')?.trim().toLowerCase();
  const hosts = [headerOf(headers, 'host'), requestContext.domainName];
  const host = hosts.find((candidate) => candidate && candidate.length <= 255 && HOST.test(candidate));
  return `${forwarded === 'https' ? 'https' : 'http'}://${host ?? 'localhost'}`;
};
