import { Logger } from '@aws-lambda-powertools/logger';
import { logConfig } from '../settings/config.ts';

/** Structured lines on standard output. Task handlers add the operation and the load balancer to each. */
export const logger = new Logger({ serviceName: 'deploy-worker', logLevel: logConfig().level });
