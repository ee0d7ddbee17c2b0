import { HttpProblem } from '../http/problem.ts';

/** Neutron's error shape. */
export const networkProblem = (status: number, type: string, message: string): HttpProblem =>
  new HttpProblem(status, { NeutronError: { type, message, detail: '' } });

export const notFound = (type: string, id: string): HttpProblem => {
  const words = { QosPolicy: 'QoS policy', SecurityGroup: 'Security group', SecurityGroupRule: 'Security group rule' };
  const word = Object.entries(words).find(([name]) => name === type)?.[1] ?? type;
  const rest = type.startsWith('SecurityGroup') ? 'does not exist' : 'could not be found.';
  return networkProblem(404, `${type}NotFound`, `${word} ${id} ${rest}`);
};

export const badRequest = (message: string): HttpProblem => networkProblem(400, 'HTTPBadRequest', message);

/** For parsed(): Neutron's words for a body it does not take. */
export const refuseBody = (path: string, message: string, keys: readonly string[]): HttpProblem => {
  if (keys.length > 0) return badRequest(`Unrecognized attribute(s) '${keys.join(', ')}'`);
  const attribute = path.split('.').at(-1) ?? path;
  if (message.includes('received undefined')) {
    return badRequest(`Failed to parse request. Required attribute '${attribute}' not specified`);
  }
  return badRequest(`Invalid input for ${attribute}. Reason: ${message}.`);
};
