import { ConfigurationError } from '../errors/configuration.ts';
import * as config from './config.ts';
import { DEPLOYMENT_SETTINGS } from './deployment.ts';
import type { Group } from './group.ts';
import { meantBy } from './misspelt.ts';
import type { Environment, Setting } from './setting.ts';

const isGroup = (value: unknown): value is Group => typeof value === 'function' && 'settings' in value;
const GROUPS: readonly Group[] = Object.values<unknown>(config).filter(isGroup);

/** Every setting once, in the order of lib/settings/config.ts, then those of the service file. */
export const SETTINGS: readonly Setting<unknown>[] = [
  ...new Map(
    [...GROUPS.flatMap(({ settings }) => settings()), ...DEPLOYMENT_SETTINGS].map((setting) => [setting.name, setting]),
  ).values(),
];
const NAMES = SETTINGS.map(({ name }) => name);

/** What a ConfigurationError says, or null without one. */
const problemOf = (read: () => unknown): string | null => {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
};

const isSet = (environment: Environment, name: string): boolean => Boolean(environment[name]);

const misspelt = (environment: Environment): readonly string[] =>
  Object.keys(environment).flatMap((name) => {
    const meant = isSet(environment, name) ? meantBy(name, NAMES) : null;
    const setting = SETTINGS.find((known) => known.name === meant);
    if (setting === undefined) return [];
    // What is misspelt may be a secret of any name.
    const value =
      setting.secret || /KEY|PASS|SECRET|TOKEN/i.test(name) ? '' : `, is ${JSON.stringify(environment[name])}`;
    return [`${name}: is no setting${value}; ${setting.name} is the nearest, and must be ${setting.allowed}`];
  });

/**
 * What is wrong with the settings of an environment, a line each: values that cannot be, and names that are near to a
 * setting's. Settings that are not set are left to what needs them, but for those in `required`: one line names all of
 * them that are missing. Values of secrets are never shown.
 */
export const settingProblems = (environment: Environment, required: readonly string[] = []): readonly string[] => {
  const values = SETTINGS.flatMap(
    (setting) => (isSet(environment, setting.name) ? problemOf(() => setting.read(environment)) : null) ?? [],
  );
  // Settings that only together cannot be.
  const groups = GROUPS.filter(({ settings }) => settings().every((setting) => !setting.required)).flatMap(
    (group) => problemOf(() => group.read(environment)) ?? [],
  );
  const missing = required.filter((name) => !isSet(environment, name));
  const line =
    missing.length === 0 ? [] : [`${missing.join(', ')}: ${missing.length > 1 ? 'are' : 'is'} required and not set`];
  return [...new Set([...values, ...groups]), ...misspelt(environment), ...line];
};
