import { distance } from 'fastest-levenshtein';

/** Names that begin so are meant for this service. Not OS_ and NOVA_: OpenStack's clients read others of these. */
const OURS = /^(?:AMP|AMPHORA|CONTROLLER_IP|FAILOVER|HEARTBEAT|LOADBALANCER|LOAD_BALANCER|ORPHAN|RECEIVER|ROLLOUT)_/;
/** Variables of the system and of other programs. */
const OTHERS = /^(?:AWS|OS|NODE|NPM|TEST|GIT|LC|XDG|ECS)_/;
/** What Kubernetes gives every container about each service of its namespace. */
const KUBERNETES = /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;
const NEAR = 2;
/** A shorter name is near to too many others. */
const SHORTEST = 8;

/** The known name that an unknown one was probably meant to be; null for a variable of something else. */
export const meantBy = (name: string, known: readonly string[]): string | null => {
  const given = name.toUpperCase();
  if (known.includes(name) || OTHERS.test(given) || KUBERNETES.test(given)) return null;
  const byDistance = known
    .map((candidate) => ({ candidate, away: distance(given, candidate) }))
    .toSorted((a, b) => a.away - b.away);
  const nearest = byDistance[0];
  if (nearest === undefined) return null;
  const near = nearest.away <= NEAR && nearest.candidate.length >= SHORTEST;
  return near || OURS.test(given) ? nearest.candidate : null;
};
