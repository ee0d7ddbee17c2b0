import { completeFacts } from '../../test/cloud/facts.ts';
import type { Subnets } from './bench.ts';

export interface CloudBenchFacts {
  readonly cloudsFile: string;
  readonly subnets: Subnets;
}

/** Where clouds.yaml is and which subnets to use. @throws Error names what is not set */
export const benchFacts = (environment: Readonly<Record<string, string | undefined>>): CloudBenchFacts => {
  const { environment: completed, folder } = completeFacts(environment);
  const needed = (name: string, value: string | undefined): string => {
    if (value) return value;
    throw new Error(`${name} is not set, and there is no cloud in ${folder} to take it from`);
  };
  return {
    cloudsFile: needed('OS_CLIENT_CONFIG_FILE', completed.OS_CLIENT_CONFIG_FILE),
    subnets: {
      vip: needed('VIP_SUBNET', environment.VIP_SUBNET || completed.TEST_VIP_SUBNET),
      member: needed('MEMBER_SUBNET', environment.MEMBER_SUBNET || completed.TEST_MEMBER_SUBNET),
    },
  };
};
