/** Milliseconds until a connection to an AWS service must stand: one lost packet is sent again within them. */
const CONNECT_MS = 2_000;
/** Milliseconds of one try until the answer's head must be there, and for which its body may be silent. */
export const AWS_REQUEST_MS = 5_000;

/**
 * What every client of AWS is made with. Without limits, an endpoint that takes connections and never answers holds a function until its
 * own time is over, and no error says what was waited for. A client without a retry strategy of its own tries three times.
 *
 * @param endpoint another endpoint than AWS's own, or null
 */
export const awsClient = (endpoint: string | null = null) => ({
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: CONNECT_MS,
    requestTimeout: AWS_REQUEST_MS,
    throwOnRequestTimeout: true,
    socketTimeout: AWS_REQUEST_MS,
  },
  ...(endpoint === null ? {} : { endpoint }),
});
