import { HttpProblem } from '../http/problem.ts';

const KINDS: Readonly<Record<number, string>> = {
  400: 'badRequest',
  403: 'forbidden',
  404: 'itemNotFound',
  409: 'conflictingRequest',
  413: 'overLimit',
  500: 'computeFault',
};

/** Nova's error shape. */
export const computeProblem = (status: number, message: string): HttpProblem =>
  new HttpProblem(status, { [KINDS[status] ?? 'computeFault']: { code: status, message } });

/** For parsed(): Nova's words for a body it does not take. */
export const refuseBody = (path: string, message: string, keys: readonly string[]): HttpProblem => {
  if (keys.length > 0) {
    const names = keys.map((key) => `'${key}'`).join(', ');
    return computeProblem(
      400,
      `Additional properties are not allowed (${names} ${keys.length === 1 ? 'was' : 'were'} unexpected)`,
    );
  }
  return computeProblem(400, `Invalid input for field/attribute ${path.split('.').at(-1)}. ${message}`);
};

export const serverNotFound = (id: string): HttpProblem => computeProblem(404, `Instance ${id} could not be found.`);
