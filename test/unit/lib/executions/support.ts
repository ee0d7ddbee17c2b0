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
  /** Other requests than starts. */
  const others: { readonly action: string; readonly input: unknown }[] = [];
  /** `answers`: what other requests than starts are answered with, in turn. */
  const state: { failure: string | null; answers: object[] } = { failure: null, answers: [] };
  const answerTo = (action: string, input: unknown): object => {
    if (action !== 'StartExecution') {
      others.push({ action, input });
      return state.answers.shift() ?? {};
    }
    const { stateMachineArn, name, input: text } = started.parse(input);
    asked.push({ stateMachineArn, name, input: text });
    return { executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`, startDate: 0 };
  };
  const server = createServer(async (request, response) => {
    const answer = answerTo(String(request.headers['x-amz-target']).split('.')[1] ?? '', await json(request));
    const body = state.failure === null ? answer : { __type: state.failure, message: 'refused' };
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
    others,
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
