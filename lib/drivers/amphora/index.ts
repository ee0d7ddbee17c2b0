import { createAgentClient } from '../../amphora/agent-client.ts';
import { amphoraConfig, certificateConfig } from '../../settings/config.ts';
import { agentCredentialsReader } from '../certificate/agent-credentials.ts';
import { readPem } from '../certificate/pem-source.ts';
import type { AmphoraDriver } from './amphora-driver.ts';
import { restAmphoraDriver } from './rest-amphora-driver.ts';

let driver: AmphoraDriver | undefined;
let impatient: AmphoraDriver | undefined;

/** Milliseconds for an amphora that may be dead, and that can be done without. */
const IMPATIENT = { connectTimeout: 1_500, readTimeout: 8_000 };

const createDriver = (times: { readonly connectTimeout?: number; readonly readTimeout?: number }): AmphoraDriver =>
  restAmphoraDriver(
    createAgentClient(
      { ...amphoraConfig(), ...times },
      agentCredentialsReader({ settings: certificateConfig(), readPem }),
    ),
  );

/** The amphora driver of this container, made when first asked for. @throws ConfigurationError */
export const amphoraDriver = (): AmphoraDriver => {
  driver ??= createDriver({});
  return driver;
};

/** The same with short timeouts, for amphorae that may be dead. @throws ConfigurationError */
export const impatientAmphoraDriver = (): AmphoraDriver => {
  impatient ??= createDriver(IMPATIENT);
  return impatient;
};
