import * as z from 'zod';
import { checked } from '../api/client.ts';
import { freezeShape } from '../api/shapes.ts';
import { ExitCode } from '../output/errors.ts';
import { safeText } from '../output/safe-text.ts';
import { ago } from '../output/times.ts';
import type { Context, Work } from './context.ts';

const PATH = '/v2.0/octavia/freeze';
const wrapped = z.object({ freeze: freezeShape });
type Freeze = z.infer<typeof freezeShape>;

/** One line about a freeze. */
export const freezeText = ({ enabled, reason, since, user_id }: Freeze): string =>
  enabled
    ? `frozen since ${ago(since)} by user ${safeText(user_id ?? 'unknown')}: ${safeText(reason ?? '')}`
    : 'not frozen: changes are taken';

const show = ({ printer }: Context, freeze: Freeze): ExitCode => {
  printer.show(freeze, () => `${freezeText(freeze)}\n`);
  return ExitCode.FINE;
};

const put = async (context: Context, fields: object): Promise<ExitCode> => {
  const { body } = await context.api.send('PUT', PATH, { body: { freeze: fields } });
  return show(context, checked(wrapped, body, `PUT ${PATH}`).freeze);
};

/** Stops changes, housekeeping and failovers by alarms, with a reason; without one it shows whether they are stopped. */
export const freeze =
  (reason: string | undefined): Work =>
  async (context) =>
    reason === undefined
      ? show(context, await context.api.get(PATH, 'freeze', freezeShape))
      : await put(context, { enabled: true, reason });

/** Lets them go on. */
export const thaw: Work = (context) => put(context, { enabled: false });
