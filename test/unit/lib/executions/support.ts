import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { vi } from 'vitest';
import * as z from 'zod';

const started = z.object({ stateMachineArn: z.string(), name: z.string(), input: z.string() });
const PREFIX = 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy-worker-';

export type StartAsked = z.infer<typeof started>;

/**
 * A Step Functions endpoint that remembers what it was asked to start, and the settings that lead to it. Settings are
 * read once per module: load what is to be tested after this.
 */
export const fakeStepFunctions = async () => {
  const asked: StartAsked[] = [];
  const state: { failure: string | null } = { failure: null };
  const server = createServer(async (request, response) => {
    const { stateMachineArn, name, input } = started.parse(await json(request));
    asked.push({ stateMachineArn, name, input });
    const body =
      state.failure === null
        ? { executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`, startDate: 0 }
        : { __type: state.failure, message: 'refused' };
    response.writeHead(state.failure === null ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  vi.stubEnv('STATE_MACHINE_ARN_PREFIX', PREFIX);
  vi.stubEnv('STEP_FUNCTIONS_ENDPOINT', `http://127.0.0.1:${address.port}`);
  vi.stubEnv('LOG_LEVEL', 'SILENT');
  vi.resetModules();
  return {
    asked,
    state,
    prefix: PREFIX,
    stop: async () => {
      vi.unstubAllEnvs();
      vi.resetModules();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
