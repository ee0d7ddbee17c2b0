import { FUNCTIONS } from './functions.ts';
import { kebab } from './kebab.ts';
import { ROLES, type Role } from './roles.ts';
import { allow, getAtt } from './statements.ts';
import { custom } from './variables.ts';

const entries = Object.values(FUNCTIONS).flatMap((folder) => Object.entries(folder));

/** Writing the log lines of the role's functions. */
const logs = (role: string) =>
  allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    entries.filter(([, entry]) => entry.role === role).map(([key]) => getAtt(`${key}LogGroup`, 'Arn')),
  );

const resource = ([id, { reaches, may }]: [string, Role]) => [
  id,
  {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      ...(reaches && { ManagedPolicyArns: custom('reach.policies') }),
      Policies: [
        {
          PolicyName: kebab(id.replace(/Role$/, '')),
          PolicyDocument: { Version: '2012-10-17', Statement: [logs(id), ...may] },
        },
      ],
    },
  },
];

/** The part of the template with the functions' roles. */
export const roles = { Resources: Object.fromEntries(Object.entries(ROLES).map(resource)) };
