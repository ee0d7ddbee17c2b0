import { parse, stringify } from 'yaml';
import { EVENTS_PATH } from './events/event-stream.ts';
import { isObject } from './json.ts';
import type { Stack } from './stack.ts';

const USER = 'alice';

const indent = (text: string): string => text.trimEnd().replace(/^/gm, '  ');

const entryOf = (cloudsYaml: string): string => {
  const file: unknown = parse(cloudsYaml);
  const clouds = isObject(file) && isObject(file.clouds) ? file.clouds : {};
  return stringify({ clouds: { [USER]: clouds[USER] } });
};

const standIn = (stack: Stack, cloudsFile: string, cloudsYaml: string, subnet: string): string[] => [
  `The stand-in cloud's clouds.yaml is ${cloudsFile}; one of its entries:`,
  '',
  indent(entryOf(cloudsYaml)),
  '',
  'Try it in another terminal:',
  '',
  `  export OS_CLIENT_CONFIG_FILE=${cloudsFile} OS_CLOUD=${USER}`,
  `  openstack loadbalancer create --name lb1 --vip-subnet-id ${subnet} --wait`,
  '',
  `Without the client: curl ${stack.apiUrl}/`,
  '',
  'What happens to statuses, as it happens:',
  '',
  `  curl -N -H "X-Auth-Token: $(openstack token issue -f value -c id)" ${stack.apiUrl}${EVENTS_PATH}`,
];

const realCloud = (stack: Stack): string[] => [
  'The worker uses the cloud of your environment. For the client, add to its clouds.yaml entry:',
  '',
  `  load_balancer_endpoint_override: ${stack.apiUrl}`,
  '',
  'Try it in another terminal:',
  '',
  '  openstack loadbalancer create --name lb1 --vip-subnet-id <subnet> --wait',
];

/** What a person at the terminal should read once the stack is up. */
export const greeting = (stack: Stack, seconds: number): string => {
  const { cloud, cloudsFile } = stack;
  const more =
    cloud && cloudsFile ? standIn(stack, cloudsFile, cloud.cloudsYaml(), cloud.facts.vipSubnetId) : realCloud(stack);
  return [
    `Ready in ${seconds.toFixed(1)} s: ${stack.apiUrl}`,
    '',
    ...more,
    '',
    ...(cloud && !cloud.runsHaproxy
      ? ['There is no haproxy on this machine, so no traffic: apt-get install haproxy', '']
      : []),
    'Ctrl-C stops it; what it holds is kept.',
  ].join('\n');
};
