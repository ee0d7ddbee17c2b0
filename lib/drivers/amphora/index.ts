import { createAgentClient } from '../../amphora/agent-client.ts';
import { amphoraConfig, certificateConfig } from '../../config.ts';
import { agentCredentialsReader } from '../certificate/agent-credentials.ts';
import { readPem } from '../certificate/pem-source.ts';
import type { AmphoraDriver } from './amphora-driver.ts';
import { restAmphoraDriver } from './rest-amphora-driver.ts';

let driver: AmphoraDriver | undefined;

/** The amphora driver of this container, made when first asked for. @throws ConfigurationError */
export const amphoraDriver = (): AmphoraDriver => {
  driver ??= restAmphoraDriver(
    createAgentClient(amphoraConfig(), agentCredentialsReader({ settings: certificateConfig(), readPem })),
  );
  return driver;
};
