import { pathTo } from '../../lib/openstack/http/service-request.ts';
import { checked } from '../api/client.ts';
import { dryRunShape } from '../api/shapes.ts';
import { checkId, findObject } from '../explain/find-object.ts';
import { ExitCode, UsageError } from '../output/errors.ts';
import type { Work } from './context.ts';
import { dryRunText } from './dry-run-view.ts';
import { watchOperation } from './operations.ts';

export interface FailoverOptions {
  readonly dryRun: boolean;
  readonly watch: boolean;
  /** Agreed to without a question. */
  readonly yes: boolean;
}

/** Replaces the amphorae of a load balancer, or one amphora, after a question. */
export const failover =
  (id: string, { dryRun, watch, yes }: FailoverOptions): Work =>
  async (context) => {
    const { api, printer, terminal } = context;
    const found = await findObject(api, checkId(id));
    if (found.kind !== 'load balancer' && found.kind !== 'amphora') {
      throw new UsageError(`${id} is a ${found.kind}`, 'a failover takes a load balancer or an amphora');
    }
    const path =
      found.kind === 'amphora'
        ? pathTo`/v2.0/octavia/amphorae/${found.object.id}/failover`
        : pathTo`/v2.0/lbaas/loadbalancers/${found.object.id}/failover`;
    if (dryRun) {
      const { body } = await api.send('PUT', path, { query: [['dry_run', 'true']] });
      const { dry_run } = checked(dryRunShape, body, `PUT ${path}`);
      printer.show(dry_run, () => dryRunText(terminal, dry_run));
      return ExitCode.FINE;
    }
    const agreed =
      yes ||
      (await terminal.confirm(
        `Replace the amphorae of ${found.kind} ${id}? With one amphora this interrupts its traffic.`,
      ));
    if (agreed === null) throw new UsageError('A failover asks first, and there is no terminal.', 'agree by --yes');
    if (!agreed) {
      printer.tell('Nothing was done.\n');
      return ExitCode.FINE;
    }
    const { operationId } = await api.send('PUT', path);
    if (watch && operationId !== null) return await watchOperation(operationId)(context);
    printer.show({ operation_id: operationId }, () =>
      operationId === null ? 'accepted\n' : `accepted: deploy-worker operations watch ${operationId}\n`,
    );
    return ExitCode.FINE;
  };
