import { namedParentInPath } from '../children/requested.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { ApiHandler } from '../request.ts';
import { rulesOf } from './find.ts';
import { l7RuleView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/l7policies/{l7policy_id}/rules */
export const listsL7Rules =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    const rules = await rulesOf(await namedParentInPath(request, 'l7_policy', 'l7policy_id'));
    const maxLimit = settings().paginationMaxLimit;
    const shown = new Map(rules.map((rule) => [rule.id, l7RuleView(rule)]));
    return await listAnswer(
      request,
      {
        plural: 'rules',
        searchable: SEARCHABLE_FIELDS,
        maxLimit,
        complete: async (page) => page.flatMap(({ id }) => shown.get(String(id)) ?? []),
      },
      rules.map((rule) => ({ ...l7RuleView(rule), l7policy_id: rule.l7policy_id })),
    );
  };
