import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';

export interface FakeCloudFormation {
  readonly client: CloudFormationClient;
  /** Action and parameters of each request, as `Action key=value`. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

const escaped = (value: string): string => value.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

const answerTo = (action: string, stack: { readonly template: object; readonly policy: string } | null) => {
  if (stack === null) {
    return {
      status: 400,
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>',
    };
  }
  const results: Readonly<Record<string, string>> = {
    GetTemplate: `<TemplateBody>${escaped(JSON.stringify(stack.template))}</TemplateBody>`,
    GetStackPolicy: `<StackPolicyBody>${escaped(stack.policy)}</StackPolicyBody>`,
  };
  const result = `<${action}Result>${results[action] ?? ''}</${action}Result>`;
  return { status: 200, body: `<${action}Response>${result}</${action}Response>` };
};

/** CloudFormation on the loopback, with one stack or none. */
export const startCloudFormation = async (
  stack: { readonly template: object; readonly policy: string } | null,
): Promise<FakeCloudFormation> => {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const {
      Action = '',
      Version: _version,
      ...parameters
    } = Object.fromEntries(new URLSearchParams(await text(request)));
    requests.push([Action, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)].join(' '));
    // A new stack is there once it is deployed.
    const { status, body } = answerTo(Action, Action.startsWith('Get') ? stack : { template: {}, policy: '' });
    response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port }: AddressInfo = Object(server.address());
  const client = new CloudFormationClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { client, requests, stop };
};
