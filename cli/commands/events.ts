import { setTimeout as wait } from 'node:timers/promises';
import { errorOfConnection } from '../../lib/openstack/http/named-errors.ts';
import { type StreamedEvent, streamEvents } from '../api/event-stream.ts';
import { checkId } from '../explain/find-object.ts';
import { colored } from '../output/columns.ts';
import { CommandError, ExitCode, RefusedError } from '../output/errors.ts';
import { safeText } from '../output/safe-text.ts';
import type { Context, Work } from './context.ts';

const AGAIN_MS = 1_000;
/** Without --follow it ends when nothing has come for so long. */
const QUIET_MS = 1_000;

const show = ({ printer, terminal }: Context, { transition }: StreamedEvent): void => {
  const { time, object_type, object_id, field, before, after, reason } = transition;
  const error = reason.error_name === null ? [] : [reason.error_name];
  const why = [reason.flow ?? reason.cause, ...error].join(', ');
  printer.showNext(transition, () =>
    [
      `${safeText(time)}  ${safeText(object_type)} ${safeText(object_id)}`,
      `${safeText(field)} ${safeText(before ?? 'new')} -> ${colored(terminal, after)}  (${safeText(why)})\n`,
    ].join('  '),
  );
};

interface Stream {
  readonly loadBalancerId: string | null;
  /** Id of the last event that was shown. */
  after: string | null;
}

/** Shows what the stream has until the signal stops it. @param shown called after each event */
const showAll = async (context: Context, stream: Stream, signal: AbortSignal, shown = () => {}): Promise<void> => {
  for await (const event of streamEvents(context.api.session, stream, signal)) {
    stream.after = event.id;
    show(context, event);
    shown();
  }
};

const named = async ({ api }: Context, error: unknown): Promise<unknown> => {
  if (error instanceof CommandError) return error;
  const { endpoint } = await api.session.signedIn();
  const asked = { service: 'load-balancer', method: 'GET', path: '/events' };
  return errorOfConnection(asked, new URL(endpoint).origin, error);
};

/** What the stream still has. */
const showKept = async (context: Context, loadBalancerId: string | null): Promise<void> => {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), QUIET_MS);
  const shown = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => quiet.abort(), QUIET_MS);
  };
  const signal = AbortSignal.any([context.terminal.signal, quiet.signal]);
  try {
    await showAll(context, { loadBalancerId, after: '0' }, signal, shown);
  } catch (error) {
    if (!signal.aborted) throw await named(context, error);
  } finally {
    clearTimeout(timer);
  }
};

/** What comes, over lost connections and expired tokens, until the terminal's signal. */
const followAll = async (context: Context, loadBalancerId: string | null): Promise<void> => {
  const { api, terminal, printer } = context;
  const stream: Stream = { loadBalancerId, after: null };
  for (let isFirst = true; !terminal.signal.aborted; isFirst = false) {
    try {
      await showAll(context, stream, terminal.signal);
    } catch (error) {
      if (terminal.signal.aborted) return;
      const isExpired = error instanceof RefusedError && error.status === 401 && !isFirst;
      if (isExpired) await api.session.signedIn(true);
      else if (isFirst || error instanceof CommandError) throw await named(context, error);
    }
    if (terminal.signal.aborted) return;
    printer.tell('the stream was lost; connecting again\n');
    await wait(AGAIN_MS);
  }
};

/** Changes of statuses: what the stream still has, or with `follow` what comes, until Ctrl-C. */
export const events =
  ({ follow, loadBalancer }: { readonly follow: boolean; readonly loadBalancer?: string }): Work =>
  async (context) => {
    const loadBalancerId = loadBalancer === undefined ? null : checkId(loadBalancer);
    await (follow ? followAll(context, loadBalancerId) : showKept(context, loadBalancerId));
    return ExitCode.FINE;
  };
