import { networkDriver } from '../../../lib/drivers/network/index.ts';
import { quotaConfig } from '../../../lib/settings/config.ts';
import { lentCloudSession } from '../../../lib/tls/lent-session.ts';
import { loadTlsMaterial } from '../../../lib/tls/load-tls-material.ts';
import type { ApiAnswer, Caller } from '../request/request.ts';
import { dryRun } from './dry-run.ts';

/** The dry run on the deployment's own cloud. */
export const deployedDryRun = ({ token }: Caller, work: () => Promise<ApiAnswer>): Promise<ApiAnswer> =>
  dryRun(work, {
    subnets: networkDriver(),
    loadTls: loadTlsMaterial(lentCloudSession(token)),
    defaultQuota: quotaConfig(),
  });
