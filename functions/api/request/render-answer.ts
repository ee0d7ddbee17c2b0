import type { ApiAnswer, HttpAnswer } from './request.ts';

/** An answer as the gateway takes it. */
export const renderAnswer = ({ status, body, headers = {} }: ApiAnswer): HttpAnswer =>
  body === undefined
    ? { statusCode: status, headers: { ...headers } }
    : {
        statusCode: status,
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      };
