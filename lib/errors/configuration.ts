import { WorkerError } from './worker-error.ts';

/** A setting is missing or malformed; `setting` names the environment variable. */
export class ConfigurationError extends WorkerError {
  override readonly name = 'ConfigurationError';
  readonly setting: string;
  constructor(setting: string, reason: string) {
    super(`${setting}: ${reason}`, { resource: 'setting', resourceId: setting });
    this.setting = setting;
  }
}
