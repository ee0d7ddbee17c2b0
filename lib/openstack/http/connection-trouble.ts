import * as z from 'zod';

const coded = z.object({ code: z.string() });

/** Nothing was sent yet when one of these comes. */
const BEFORE_SENDING = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECT_TIMEOUT']);
const CERTIFICATE_TROUBLE =
  /^(ERR_TLS_CERT|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA)/;

/** The code of a connection's error ("ECONNRESET", "CONNECT_TIMEOUT"), or its name. */
export const troubleCode = (error: unknown): string => {
  const { data } = coded.safeParse(error);
  if (data !== undefined) return data.code;
  return error instanceof Error ? error.name : 'unknown';
};

/** True when the request never left: sending it again is safe whatever it does. */
export const isBeforeSending = (error: unknown): boolean => BEFORE_SENDING.has(troubleCode(error));

/** True when the time given for the answer is over. */
export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** True when the other side's certificate is not trusted: no later try helps. */
export const isCertificateTrouble = (error: unknown): boolean => CERTIFICATE_TROUBLE.test(troubleCode(error));
