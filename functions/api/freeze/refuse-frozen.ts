import type { Freeze } from '../../../lib/models/freeze.ts';
import { findFreeze } from '../../../lib/repositories/fleet/freeze.ts';
import { frozen } from '../answers/refusals.ts';

/** Milliseconds for which a container remembers what the table said: a change counts everywhere after so long. */
const REMEMBERED_MS = 1_000;

/** Refuses while the worker is frozen; a container asks the table once a second. */
export const refusesFrozen = (find = findFreeze, now = Date.now): (() => Promise<void>) => {
  let known: { readonly freeze: Promise<Freeze | null>; readonly until: number } | null = null;
  return async () => {
    if (known === null || known.until <= now()) {
      const freeze = find();
      known = { freeze, until: now() + REMEMBERED_MS };
      // One that cannot be asked is asked again by the next request.
      freeze.catch(() => {
        known = null;
      });
    }
    const freeze = await known.freeze;
    if (freeze !== null) throw frozen(freeze.reason);
  };
};
