import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';

/** Text or bytes; or an error that Secrets Manager names, or a body that is sent as it is. */
type Secret = string | Buffer | { readonly fails: string } | { readonly body: string };

/** A stand-in Secrets Manager on loopback, which the environment variables of AWS's SDK name. */
export interface SecretsManager {
  /** Secrets by id. Any other id is not found. */
  readonly holds: Map<string, Secret>;
  /** Ids in the order they were asked for, since the start of the test. */
  readonly asked: string[];
}

const answerOf = (secret: Secret = { fails: 'ResourceNotFoundException' }): readonly [status: number, body: string] => {
  if (typeof secret === 'string') return [200, JSON.stringify({ SecretString: secret })];
  if (Buffer.isBuffer(secret)) return [200, JSON.stringify({ SecretBinary: secret.toString('base64') })];
  return 'body' in secret ? [200, secret.body] : [400, JSON.stringify({ __type: secret.fails })];
};

export const useSecretsManager = (): SecretsManager => {
  const holds: SecretsManager['holds'] = new Map();
  const asked: string[] = [];
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const { SecretId } = JSON.parse(await text(request));
      asked.push(SecretId);
      const [status, body] = answerOf(holds.get(SecretId));
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
    url = `http://127.0.0.1:${address.port}`;
  });
  beforeEach(() => {
    asked.length = 0;
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', url);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { holds, asked };
};
