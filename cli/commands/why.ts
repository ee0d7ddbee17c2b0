import { pathTo } from '../../lib/openstack/http/service-request.ts';
import { type Operation, operationShape } from '../api/shapes.ts';
import { adviceFor, ERRORS_PAGE } from '../explain/advice.ts';
import { chooseOperation, hasFailed, isUnderWay } from '../explain/choose-operation.ts';
import { whyNotServing } from '../explain/failing-members.ts';
import { checkId, type Found, findObject, loadBalancerOf } from '../explain/find-object.ts';
import { stepInWords } from '../explain/steps.ts';
import { colored } from '../output/columns.ts';
import { ExitCode } from '../output/errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { Terminal } from '../output/terminal.ts';
import { ago } from '../output/times.ts';
import type { Context, Work } from './context.ts';
import { stepsTable } from './operation-views.ts';

/** So many operations of a load balancer are looked through. */
const MOST = 200;

/** Of an operation by its id, with its steps. */
const inFull = async ({ api }: Context, id: string): Promise<Operation> =>
  await api.get(pathTo`/v2.0/lbaas/operations/${id}`, 'operation', operationShape);

const operationsOf = async ({ api }: Context, loadBalancerId: string | null): Promise<readonly Operation[]> => {
  if (loadBalancerId === null) return [];
  const path = pathTo`/v2.0/lbaas/loadbalancers/${loadBalancerId}/operations`;
  return await api.list(path, 'operations', operationShape, { most: MOST });
};

const headline = (terminal: Terminal, found: Found): string => {
  if (found.kind === 'operation') {
    const { id, flow, status } = found.operation;
    return `operation ${id} (${safeText(flow)}) is ${colored(terminal, status)}`;
  }
  const { id } = found.object;
  if (found.kind === 'amphora') return `amphora ${id} is ${colored(terminal, found.object.status)}`;
  const { name, provisioning_status, operating_status } = found.object;
  const called = name ? ` "${safeText(name)}"` : '';
  return `${found.kind} ${id}${called} is ${colored(terminal, provisioning_status)}, operating ${colored(terminal, operating_status)}`;
};

/** What failed, as a sentence. */
export const failureInWords = ({ flow, failed_step, steps, ended_at, error_objects }: Operation): string => {
  const step = steps.find(({ name, outcome }) => name === failed_step && outcome === 'failed');
  const tries = step === undefined ? '' : ` (${step.attempts} ${step.attempts === 1 ? 'try' : 'tries'})`;
  const of = step?.subject ? ` of amphora ${step.subject}` : '';
  const when = ended_at === null ? '' : `, ${ago(ended_at)}`;
  if (failed_step !== null)
    return `${flow} failed to ${stepInWords(failed_step)}: step ${failed_step}${of}${tries}${when}`;
  const objects = error_objects.map(({ type, id }) => `${type} ${id}`).join(', ');
  return objects === '' ? `${flow} failed${when}` : `${flow} refused ${objects}${when}`;
};

const stateInWords = (operation: Operation): string => {
  if (hasFailed(operation)) return failureInWords(operation);
  if (!isUnderWay(operation))
    return `the latest operation, ${operation.flow}, ${operation.status}, ${ago(operation.ended_at)}`;
  const running = operation.steps.filter(({ outcome }) => outcome === 'running').map(({ name }) => stepInWords(name));
  const at = running.length === 0 ? '' : `, and is about to ${[...new Set(running)].join(', ')}`;
  return `${operation.flow} is ${operation.status} since ${ago(operation.created_at)}${at}`;
};

interface Explanation {
  readonly found: Found;
  readonly operation: Operation | null;
  readonly advice: readonly string[];
}

const asText = (terminal: Terminal, { found, operation, advice }: Explanation): string => {
  const lines: string[] = [headline(terminal, found), ''];
  const say = (name: string, text: string | null | undefined): void => {
    if (text) lines.push(`${terminal.style('bold', name.padEnd(10))}${safeText(text)}`);
  };
  if (operation === null) say('State', 'no operation on record is about it');
  else {
    say(hasFailed(operation) ? 'Failed' : 'State', stateInWords(operation));
    if (operation.error_name !== null) {
      const message = operation.error_message === operation.reason ? '' : `: ${operation.error_message}`;
      say('Error', `${operation.error_name}${message}`);
    }
    say('Reason', operation.reason);
    say('Operation', operation.id);
    say(
      'Asked by',
      operation.requester && `user ${operation.requester.user_id}, request ${operation.requester.request_id}`,
    );
    if (operation.steps.length > 0)
      lines.push('', terminal.style('bold', 'What was tried'), stepsTable(terminal, operation.steps).trimEnd());
  }
  if (advice.length > 0)
    lines.push('', terminal.style('bold', 'What to do'), ...advice.map((one) => `- ${safeText(one)}`));
  if (operation !== null && hasFailed(operation)) lines.push('', `More: ${ERRORS_PAGE}`);
  return `${lines.join('\n')}\n`;
};

const isFine = ({ found, operation }: Explanation): boolean => {
  if (found.kind === 'operation') return operation === null || !hasFailed(operation);
  if (found.kind === 'amphora') return found.object.status !== 'ERROR';
  return ![found.object.provisioning_status, found.object.operating_status].includes('ERROR');
};

/** Why an object or an operation is as it is. Ends with 1 for what is in ERROR or has failed. */
export const why =
  (id: string): Work =>
  async (context) => {
    const found = await findObject(context.api, checkId(id));
    const loadBalancerId = await loadBalancerOf(context.api, found);
    const operations = await operationsOf(context, loadBalancerId);
    const chosen = chooseOperation(found, operations);
    // Only the answer for one id has a joined operation's steps, which are its carrier's, and a queued one's position.
    const operation = chosen === null || found.kind === 'operation' ? chosen : await inFull(context, chosen.id);
    const notServing = await whyNotServing(context.api, found, loadBalancerId);
    const explanation = { found, operation, advice: [...adviceFor(found, operation), ...notServing] };
    const object = found.kind === 'operation' ? found.operation : found.object;
    context.printer.show(
      {
        kind: found.kind,
        object,
        operation,
        failed_step_in_words: operation?.failed_step ? stepInWords(operation.failed_step) : null,
        advice: explanation.advice,
      },
      () => asText(context.terminal, explanation),
    );
    return isFine(explanation) ? ExitCode.FINE : ExitCode.FINDING;
  };
