import { isLvs, type Listener } from '../models/objects/listener.ts';

const FIRST_PEER_PORT = 1025;

/** What no two listeners of a load balancer share: UDP and SCTP have ports of their own, everything else TCP's. */
export const listenerPort = ({ protocol, protocol_port }: Pick<Listener, 'protocol' | 'protocol_port'>): string =>
  `${isLvs({ protocol }) ? protocol : 'TCP'} ${protocol_port}`;

/** The peer port of the next listener. */
export const peerPortAfter = (listeners: readonly Pick<Listener, 'peer_port'>[]): number =>
  Math.max(FIRST_PEER_PORT - 1, ...listeners.map(({ peer_port }) => peer_port)) + 1;
