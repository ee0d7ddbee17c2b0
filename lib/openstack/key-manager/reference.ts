import { InvalidArgumentError } from '../../errors/flow.ts';

const REFERENCE = /\/v1\/(secrets|containers)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?$/i;

/**
 * The id in a secret's or container's reference. Users give whole addresses; only the id is taken from them, so that
 * the worker's token goes to the catalog's key manager and nowhere else.
 *
 * @throws InvalidArgumentError it is no such reference
 */
export const idOfReference = (reference: string, kind: 'secrets' | 'containers'): string => {
  const [, foundKind, id] = REFERENCE.exec(reference) ?? [];
  if (foundKind !== kind || id === undefined) {
    throw new InvalidArgumentError(`${kind.slice(0, -1)}_ref`, `"${reference}" is not a reference below /v1/${kind}/`);
  }
  return id;
};

/** True for a reference of a container, false for a secret's or anything else. */
export const isContainerReference = (reference: string): boolean => REFERENCE.exec(reference)?.[1] === 'containers';
