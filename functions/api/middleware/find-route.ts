import { stateOf } from '../request/request.ts';
import type { RouteMatch } from '../request/router.ts';
import type { ApiMiddleware } from './middleware.ts';

/** Notes the route. A path that does not exist is reported after authorization only. */
export const findRoute = (router: (method: string, rawPath: string) => RouteMatch): ApiMiddleware => ({
  before: ({ event }) => {
    stateOf(event).match = router(event.requestContext.http.method, event.rawPath);
  },
});
