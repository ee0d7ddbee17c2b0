import { unless } from '../helpers/needs.ts';
import { cloudFacts } from './facts.ts';

/** Why tests that look inside instances or add hosts are skipped; null on the recipe's own cloud. */
export const notOfRecipe =
  cloudFacts().TEST_CLOUD_RECIPE === undefined ? 'this cloud is not the one of test/cloud/openstack/up' : null;

/** `describe` and `it` for tests that look inside instances or add hosts. */
export const inRecipe = unless(notOfRecipe);
