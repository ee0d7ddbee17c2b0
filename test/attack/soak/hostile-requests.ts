import { request } from 'undici';
import { LOAD_BALANCERS } from '../../cloud/load-balancer-api.ts';
import { secretOfAlice } from '../../flows/support/tenant-secret.ts';
import { again, mustRefuse, type Target } from './target.ts';

const LBAAS = '/v2.0/lbaas';

const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const BODIES = [
  nested,
  `{"pool":{"name":${nested}}}`,
  `{"pool":[${'1,'.repeat(50_000)}1]}`,
  `{"pool":{"name":"${'x'.repeat(200_000)}"}}`,
  '{"pool":{"__proto__":{"name":"x"},"constructor":1}}',
];

export const bodies = again(async (target, round) => {
  const { host, port, aliceToken, tally } = target;
  const body = BODIES[round % BODIES.length] ?? '';
  const post = tally.ask(`POST of a hostile body ${round % BODIES.length}`, async () => {
    const headers = { 'x-auth-token': aliceToken, 'content-type': 'application/json' };
    const answer = await request(`http://${host}:${port}${LBAAS}/pools`, { method: 'POST', headers, body });
    return { status: answer.statusCode, body: await answer.body.text() };
  });
  await mustRefuse(target, `the hostile body ${round % BODIES.length}`, post);
});

const QUERIES = [
  `name=${'x'.repeat(8_000)}`,
  Array.from({ length: 1_000 }, (_none, index) => `fields=f${index}`).join('&'),
  Array.from({ length: 500 }, (_none, index) => `tags=${index}`).join('&'),
  `sort=${Array.from({ length: 300 }, () => 'name:asc').join(',')}`,
  'limit=99999999999999999999&marker=%00',
];

export const queries = again(async ({ tally, alice }, round) => {
  await tally.call(alice, 'GET', `${LBAAS}/listeners?${QUERIES[round % QUERIES.length]}`);
});

const WORDS = ['dryrun=true', 'DRY_RUN=true', 'dry-run=true', 'dry_run[]=true', 'dry_run=yes'];

/** Paths of what honest clients have, the newest first. */
const pathsOf = ({ journal }: Target): readonly string[] =>
  [...journal.entries.values()]
    .filter(({ removal }) => removal === 'none')
    .map(({ path }) => path)
    .reverse();

export const misspeltDryRuns = again(async (target, round) => {
  const { tally, admin } = target;
  const path = pathsOf(target)[round % 5];
  if (path === undefined) return;
  const asked = tally.call(admin, 'DELETE', `${path}?${WORDS[round % WORDS.length]}`);
  await mustRefuse(
    target,
    `DELETE ${path} with ${WORDS[round % WORDS.length]}`,
    asked.then((answer) => answer?.status ?? null),
  );
});

const METHODS = ['GET', 'PUT', 'DELETE'] as const;

export const othersObjects = again(async (target, round) => {
  const { alice, bob, tally, journal } = target;
  const path = pathsOf(target)[round % 7];
  const method = METHODS[round % METHODS.length];
  if (path === undefined || method === undefined) return;
  const other = journal.entries.get(path)?.api === alice ? bob : alice;
  const kind = /(?<kind>[a-z]+)s\/[^/]+$/.exec(path)?.groups?.kind ?? '';
  const body = method === 'PUT' ? { [kind]: { name: 'taken' } } : undefined;
  const asked = tally.call(other, method, path, body);
  await mustRefuse(
    target,
    `${method} ${path} by another tenant`,
    asked.then((answer) => answer?.status ?? null),
  );
});

const SECRETS = [
  Buffer.from('-----BEGIN A-----\n'.repeat(3_600)),
  Buffer.alloc(524_288, 'x'),
  Buffer.from(`-----BEGIN CERTIFICATE-----\n${'A'.repeat(60_000)}\n-----END CERTIFICATE-----\n`),
];

export const secrets = again(async (target, round) => {
  const { alice, authUrl, tally, journal } = target;
  const payload = SECRETS[round % SECRETS.length];
  const mine = pathsOf(target).find(
    (path) => path.startsWith(LOAD_BALANCERS) && journal.entries.get(path)?.api === alice,
  );
  if (payload === undefined || mine === undefined) return;
  // The stand-in's own answer is none of the API's: a kill or a fault may take it.
  const default_tls_container_ref = await secretOfAlice({ authUrl }, payload).catch(() => null);
  if (default_tls_container_ref === null) return;
  const place = { loadbalancer_id: mine.slice(LOAD_BALANCERS.length + 1), protocol: 'TERMINATED_HTTPS' };
  const asked = tally.call(alice, 'POST', `${LBAAS}/listeners`, {
    listener: { ...place, protocol_port: 443, default_tls_container_ref },
  });
  await mustRefuse(
    target,
    'a listener with a hostile secret',
    asked.then((answer) => answer?.status ?? null),
  );
}, 3_000);
