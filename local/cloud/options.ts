import type { CloudFacts } from './facts.ts';
import type { Faults } from './faults/faults.ts';
import type { CloudState } from './store/store.ts';

/** Second octets of the 127.x networks: two stand-in clouds of one machine need different ones. */
export interface AddressBlock {
  /** lb-mgmt-net is 127.<management>.0.0/16. */
  readonly management: number;
  /** vip-net is 127.<tenant>.1.0/24, member-net 127.<tenant>.2.0/24. */
  readonly tenant: number;
}

export interface CloudOptions {
  /** Where the state lives; null keeps it in memory and loses it at stop(). */
  readonly dataFolder: string | null;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Milliseconds a server stays in BUILD. @default 300 */
  readonly bootDelayMs?: number;
  /** Milliseconds a server takes to go away. @default 100 */
  readonly deleteDelayMs?: number;
  /** TCP port of every amphora's agent. @default 9443 */
  readonly agentPort?: number;
  /** 'any' takes a pair that no other stand-in cloud of this machine uses. @default { management: 90, tenant: 10 } */
  readonly addressBlock?: AddressBlock | 'any';
  /** URL for service type load-balancer in the catalog; left out of it when not given. */
  readonly loadBalancerEndpoint?: string;
  /** Path of haproxy; null runs amphorae without it. @default the first one in PATH and the usual folders */
  readonly haproxy?: string | null;
  /** Called with one line for each thing worth knowing. Never holds a secret. */
  readonly log?: (line: string) => void;
}

export interface StandInCloud {
  /** Base URL of everything, for example http://127.0.0.1:5000. */
  readonly url: string;
  /** Keystone's URL, with /v3. */
  readonly authUrl: string;
  readonly facts: CloudFacts;
  /** Text of a clouds.yaml with one entry for each user, named like the user. */
  cloudsYaml(): string;
  readonly faults: Faults;
  /** What the cloud holds right now, for tests to look at. */
  readonly state: CloudState;
  /** True when amphorae run a real haproxy. */
  readonly runsHaproxy: boolean;
  /** Changes a user's password until the next start, and revokes the user's tokens, as Keystone does. */
  changePassword(user: string, password: string): void;
  /** Points the catalog's load-balancer entry elsewhere; null takes it out. */
  setLoadBalancerEndpoint(url: string | null): void;
  /** Ends listeners, agents and haproxies; state is saved when there is a data folder. Twice is fine. */
  stop(): Promise<void>;
}
