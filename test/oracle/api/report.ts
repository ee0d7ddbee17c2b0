import { rowOf } from './differences.ts';
import { bodyText, type Played, queryText } from './play.ts';
import { IDENTITIES } from './world.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The request as a command; «names» stand for what earlier ones have made. */
export const curlOf = ({ step }: Played): string => {
  const identity = IDENTITIES[step.as];
  const who =
    identity === null ? '' : ` -H 'X-Project-Id: ${identity.project ?? ''}' -H 'X-Roles: ${identity.roles.join(',')}'`;
  const query = queryText(step.query);
  const body = bodyText(step);
  const sent = body === '' ? '' : ` -H 'Content-Type: application/json' -d ${quoted(body)}`;
  return `curl -X ${step.method}${who} ${quoted(`$API${step.path}${query === '' ? '' : `?${query}`}`)}${sent}`;
};

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 1200) ?? 'nothing';

/** Prints the least sequence that still fails, with both last answers. */
export const printFailure = (signature: string, count: number, played: readonly Played[]): void => {
  console.log(`\nFAILED ${count}x ${signature}`);
  for (const one of played) {
    const after = one.step.after === 'settle' ? '' : `  (then ${one.step.after})`;
    console.log(`  #${one.step.number} ${curlOf(one)}  -> ${one.upstream.status}${after}`);
  }
  const last = played.at(-1);
  if (last === undefined) return;
  for (const difference of last.differences.filter((each) => rowOf(each, last) === null)) {
    console.log(
      `    ${difference.at}\n      ours     ${shown(difference.ours)}\n      upstream ${shown(difference.upstream)}`,
    );
  }
};
