import type { Amphora } from '../models/amphora.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import { amphoraRow } from './rows/amphora.ts';
import { RowType } from './table/keys.ts';
import { queryListed } from './table/query.ts';

/** All amphorae that are not deleted, oldest first. */
export const listAmphorae = async (): Promise<readonly Amphora[]> =>
  (await queryListed(RowType.AMPHORA, null))
    .map((row) => amphoraRow.parse(row))
    .filter(({ status }) => status !== AmphoraStatus.DELETED);
