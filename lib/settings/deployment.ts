import {
  address,
  layerArn,
  network,
  region,
  schedule,
  secretsPrefix,
  securityGroupIds,
  subnetId,
  subnetIds,
  topicArn,
  vpcId,
} from './rules.ts';
import { integer, list, oneOf, optional, type Setting, text } from './setting.ts';

const hourly = (name: string): Setting<string> => text(name, 'rate(1 hour)', { rule: schedule });

/** What the service file alone reads, from the stage's file. */
export const DEPLOYMENT_SETTINGS: readonly Setting<unknown>[] = [
  text('AWS_REGION', 'us-east-1', { rule: region }),
  optional('SECRETS_PREFIX', { rule: secretsPrefix }),
  oneOf('NETWORK_REACH', ['internet', 'vpc'], 'internet'),
  list('VPC_SUBNET_IDS', null, { rule: subnetIds }),
  list('VPC_SECURITY_GROUP_IDS', null, { rule: securityGroupIds }),
  oneOf('CLOUD_CA', ['none', 'layer'], 'none'),
  optional('CLOUD_CA_LAYER', { rule: layerArn }),
  integer('API_RATE_LIMIT', 500, 1),
  integer('API_BURST_LIMIT', 1_000, 1),
  integer('API_CONCURRENCY', 200, -1),
  integer('DISPATCH_CONCURRENCY', 2, -1),
  integer('RECOVERY_CONCURRENCY', 10, -1),
  integer('ALARM_CONCURRENCY', 20, -1),
  optional('ALARM_TOPIC_ARN', { rule: topicArn }),
  hourly('CERT_SCHEDULE'),
  hourly('AGENT_CONFIG_SCHEDULE'),
  hourly('DRIFT_SCHEDULE'),
  text('RECOVERY_SCHEDULE', 'rate(1 minute)', { rule: schedule }),
  oneOf('HEARTBEAT_RECEIVERS', ['none', 'elsewhere', 'fargate'], 'none'),
  oneOf('HEARTBEAT_KEYS', ['current', 'rotating'], 'current'),
  optional('RECEIVER_VPC_ID', { rule: vpcId }),
  optional('RECEIVER_SOURCE_CIDR', { rule: network }),
  optional('RECEIVER_SUBNET_ID_1', { rule: subnetId }),
  optional('RECEIVER_SUBNET_ID_2', { rule: subnetId }),
  optional('RECEIVER_ADDRESS_1', { rule: address }),
  optional('RECEIVER_ADDRESS_2', { rule: address }),
  text('RECEIVER_REPOSITORY', 'deploy-worker/heartbeat-receiver'),
  optional('RECEIVER_TAG'),
];
