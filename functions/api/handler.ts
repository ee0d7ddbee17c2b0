import { ControllerWorker } from '../../lib/controller-worker.ts';
import { identityDriver } from '../../lib/drivers/identity/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { networkSeenBy } from '../../lib/drivers/network/network-seen-by.ts';
import { DRIFT_CHECK_REQUESTED } from '../../lib/models/drift.ts';
import {
  apiConfig,
  networkConfig,
  quotaConfig,
  timeoutConfig,
  tlsConfig,
  workerConfig,
} from '../../lib/settings/config.ts';
import { createApi } from './api.ts';
import { refusesFrozen } from './freeze/refuse-frozen.ts';
import { authenticate } from './middleware/strategy.ts';
import { createRoutes } from './routes.ts';

/** Every route, as deployed. */
export const routes = createRoutes({
  settings: () => ({ ...apiConfig(), ...timeoutConfig(), ...tlsConfig(), ...networkConfig(), ...workerConfig() }),
  network: networkDriver,
  networkSeenBy: ({ token, serviceToken }) => (token === null ? networkDriver() : networkSeenBy(token, serviceToken)),
  // Loaded with the first profile or choice: most containers never see one.
  cloudChoices: async () => (await import('./flavors-and-zones/cloud-choices.ts')).cloudChoices(),
  identity: identityDriver,
  tlsReferences: async () => {
    // Loaded with the first certificate: most containers never see one.
    const { tlsReferenceChecks } = await import('../../lib/tls/check-tls-references.ts');
    return tlsReferenceChecks();
  },
  worker: (requester) => new ControllerWorker(requester),
  changes: (requester) => new ControllerWorker(requester),
  quotas: () => import('../../lib/repositories/quotas/quotas.ts'),
  defaultQuota: quotaConfig,
  requestDriftCheck: async (id) => {
    const { createPutEvents } = await import('../../lib/events/put-events.ts');
    await createPutEvents()(DRIFT_CHECK_REQUESTED, [{ id }]);
  },
  // Loaded with the first roll-out: most containers never see one.
  rollouts: async () => (await import('./rollouts/dependencies.ts')).rolloutDependencies(),
  repairs: (requester) => new ControllerWorker(requester),
});

/** The function behind the HTTP API: every path, every method. */
export const handler = createApi({
  routes,
  authenticate,
  policySet: () => apiConfig().policySet,
  baseUri: () => apiConfig().apiBaseUri,
  refuseFrozen: refusesFrozen(),
  dryRun: async (caller, work) => {
    // Loaded with the first dry run: most containers never see one.
    const { deployedDryRun } = await import('./dry-run/deployed.ts');
    return await deployedDryRun(caller, work);
  },
});
