import { afterAll, describe } from 'vitest';
import { describeTroubles } from './dependencies/describe-troubles.ts';
import { openFront } from './dependencies/front.ts';
import { createStage } from './dependencies/stage.ts';
import { cloudFacts } from './facts.ts';
import { useRealStack } from './real-stack.ts';

/** The cloud answers within some seconds also when it has much to do. */
const REQUEST_TIMEOUT_MS = '15000';

const front = await openFront(cloudFacts());
afterAll(front.stop);

describe('a whole life of a load balancer while a service', () => {
  const stage = createStage();
  const settings = { OS_CLIENT_CONFIG_FILE: front.cloudsFile, CLOUD_REQUEST_TIMEOUT_MS: REQUEST_TIMEOUT_MS };
  describeTroubles(useRealStack(settings, { aroundTask: stage.aroundTask }), front, stage);
});
