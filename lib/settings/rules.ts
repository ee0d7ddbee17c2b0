import { isIP } from 'node:net';
import type { Rule } from './setting.ts';

export const address: Rule = { allowed: 'IP addresses', test: (text) => isIP(text) !== 0 };

const ENDPOINT = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+)):(?<port>\d{1,5})$/;

export const addressWithPort: Rule = {
  allowed: '"address:port"',
  test: (text) => {
    const { v4 = '', v6 = '', port = '' } = ENDPOINT.exec(text)?.groups ?? {};
    return (isIP(v4) === 4 || isIP(v6) === 6) && Number(port) >= 1 && Number(port) <= 65_535;
  },
};

export const url: Rule = {
  allowed: 'a URL of http or https',
  test: (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
};

export const timezone: Rule = {
  allowed: 'a time zone such as UTC or Europe/Berlin',
  test: (text) => /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/.test(text),
};

export const absolutePath: Rule = { allowed: 'an absolute path', test: (text) => text.startsWith('/') };

export const size: Rule = {
  allowed: 'a size such as 10k, 1m or 4096',
  test: (text) => /^[1-9]\d*[kmg]?$/i.test(text),
};

export const schedule: Rule = {
  allowed: 'rate(...) or cron(...)',
  test: (text) => /^(?:rate|cron)\([^()]+\)$/.test(text),
};

export const network: Rule = {
  allowed: 'a network such as 10.0.0.0/16',
  test: (text) => {
    const [prefix = '', length = '', ...more] = text.split('/');
    return isIP(prefix) !== 0 && /^\d{1,3}$/.test(length) && more.length === 0;
  },
};

const matching = (allowed: string, pattern: RegExp): Rule => ({ allowed, test: (text) => pattern.test(text) });

export const region = matching('a region such as eu-central-1', /^[a-z0-9-]+$/);
export const secretsPrefix = matching('the start of names in Secrets Manager', /^[\w/+=.@-]+[^/]$/);
export const vpcId = matching('a VPC id such as vpc-0a', /^vpc-[0-9a-f]+$/);
export const subnetIds = matching('subnet ids such as subnet-0a', /^subnet-[0-9a-f]+$/);
export const subnetId = { ...subnetIds, allowed: 'a subnet id such as subnet-0a' };
export const securityGroupIds = matching('security group ids such as sg-0a', /^sg-[0-9a-f]+$/);
export const layerArn = matching(
  'the ARN of a version of a Lambda layer',
  /^arn:aws[\w-]*:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+$/,
);
export const topicArn = matching('the ARN of an SNS topic', /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/);
