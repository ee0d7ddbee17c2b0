import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/** Does the work under a request id (`req-<uuid>`), which the cloud's services note beside their own in their logs. */
export const underRequestId = <T>(id: string, work: () => T): T => current.run(id, work);

/** The request id of the work at hand, or null. */
export const currentRequestId = (): string | null => current.getStore() ?? null;
