import { setTimeout as wait } from 'node:timers/promises';
import { type StreamedEvent, streamEvents } from '../api/event-stream.ts';
import { checkId } from '../explain/find-object.ts';
import { colored } from '../output/columns.ts';
import { CommandError, ExitCode } from '../output/errors.ts';
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

/** Changes of statuses: what the stream still has, and with `follow` what comes, until Ctrl-C. */
export const events =
  ({ follow, loadBalancer }: { readonly follow: boolean; readonly loadBalancer?: string }): Work =>
  async (context) => {
    const { api, terminal, printer } = context;
    const loadBalancerId = loadBalancer === undefined ? null : checkId(loadBalancer);
    let after: string | null = follow ? null : '0';
    for (;;) {
      const quiet = new AbortController();
      const rest = () => setTimeout(() => quiet.abort(), QUIET_MS);
      let timer = follow ? null : rest();
      try {
        const signal = AbortSignal.any([terminal.signal, quiet.signal]);
        for await (const event of streamEvents(api.session, { after, loadBalancerId }, signal)) {
          after = event.id;
          show(context, event);
          if (timer !== null) clearTimeout(timer);
          timer = follow ? null : rest();
        }
      } catch (error) {
        if (terminal.signal.aborted || quiet.signal.aborted) return ExitCode.FINE;
        // A refusal stays one; a connection that was lost is made again, from where it was.
        if (error instanceof CommandError || !follow || after === null) throw error;
        printer.tell('the stream was lost; connecting again\n');
      } finally {
        if (timer !== null) clearTimeout(timer);
      }
      if (terminal.signal.aborted || !follow) return ExitCode.FINE;
      await wait(AGAIN_MS);
      await api.session.signedIn(true);
    }
  };
