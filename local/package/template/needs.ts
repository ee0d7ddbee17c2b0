import * as z from 'zod';
import type { Bundle } from '../bundle.ts';
import { statementsOf } from './policies.ts';
import type { Template } from './template.ts';

/** A permission or reach, and the code that is of no use without it. */
interface Need {
  readonly what: string;
  readonly needed: (inputs: readonly string[]) => boolean;
  readonly given: (role: string) => boolean;
}

const within = (place: string) => (inputs: readonly string[]) => inputs.some((path) => path.startsWith(place));

/** The functions that issue certificates for amphorae. */
const ISSUERS = ['functions/compute/compute-create.ts', 'functions/amphora/amphora-cert-upload.ts'];

/** The functions that list what is of a project, and that look for spares, which are listed likewise. */
const BY_PROJECT = [
  'functions/api/handler.ts',
  'lib/health/look-after.ts',
  'lib/upkeep/certificates.ts',
  'lib/upkeep/drift/repair.ts',
  'lib/upkeep/rollout/due.ts',
  'lib/upkeep/spares.ts',
];

const NEEDS: readonly Need[] = [
  { what: 'the table', needed: within('lib/repositories/table/'), given: (role) => role.includes('["Table","Arn"]') },
  {
    what: 'starting flows',
    needed: within('lib/executions/'),
    given: (role) => role.includes('states:StartExecution'),
  },
  {
    what: 'raising events',
    needed: within('lib/events/put-events.ts'),
    given: (role) => role.includes('events:PutEvents'),
  },
  {
    what: 'the index of projects and spares',
    needed: (inputs) => inputs.some((path) => BY_PROJECT.includes(path)),
    given: (role) => role.includes('/index/by_project'),
  },
  { what: "the cloud's secret", needed: within('lib/openstack/'), given: (role) => role.includes('/clouds-') },
  {
    what: "the agents' credentials",
    needed: within('lib/amphora/agent-client.ts'),
    given: (role) => role.includes('/client-certificate-'),
  },
  {
    what: "the server authority's certificate",
    needed: (inputs) =>
      ['lib/amphora/agent-client.ts', 'lib/drivers/certificate/wanted-issuer.ts', ...ISSUERS].some((path) =>
        inputs.includes(path),
      ),
    given: (role) => role.includes('/server-ca-certificate-'),
  },
  {
    what: "the authority's key",
    needed: (inputs) => inputs.some((path) => ISSUERS.includes(path)),
    given: (role) => role.includes('/server-ca-private-key-'),
  },
  {
    what: 'the heartbeat key',
    needed: within('lib/amphora/heartbeat-settings.ts'),
    given: (role) => role.includes('/heartbeat-key-'),
  },
];

const functionProperties = z.looseObject({ Role: z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }) });

const roleOf = (template: Template, key: string): string => {
  const properties = functionProperties.parse(template.Resources[`${key}LambdaFunction`]?.Properties);
  return JSON.stringify(statementsOf(template.Resources[properties.Role['Fn::GetAtt'][0]]?.Properties));
};

/** Each function's role allows what the code in its bundle needs, and nothing that no code in it uses. */
export const checkNeeds = (template: Template, bundles: readonly Bundle[]): readonly string[] =>
  bundles.flatMap(({ entry, inputs }) => {
    const role = roleOf(template, entry.key);
    const logs = role.includes(`["${entry.key}LogGroup","Arn"]`) ? [] : [`${entry.key}: its role lacks its log group`];
    const wrong = NEEDS.filter(({ needed, given }) => needed(inputs) !== given(role)).map(({ what, given }) =>
      given(role)
        ? `${entry.key}: its role allows ${what}, which its code never uses`
        : `${entry.key}: its role lacks ${what}`,
    );
    return [...logs, ...wrong];
  });
