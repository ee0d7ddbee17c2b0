export const ACCOUNT = '000000000000';

export const stateMachineArn = (region: string, name: string): string =>
  `arn:aws:states:${region}:${ACCOUNT}:stateMachine:${name}`;

export const executionArn = (region: string, stateMachine: string, name: string): string =>
  `arn:aws:states:${region}:${ACCOUNT}:execution:${stateMachine}:${name}`;

export const functionArn = (region: string, name: string): string =>
  `arn:aws:lambda:${region}:${ACCOUNT}:function:${name}`;

/** The last part of an ARN: what the thing is called. */
export const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);
