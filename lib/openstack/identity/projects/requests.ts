import { pathTo } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';

/** GET /projects/{id}. @throws CloudResourceNotFoundError */
export const getProject = async (session: CloudSession, projectId: string): Promise<void> => {
  await session.call({
    service: 'identity',
    method: 'GET',
    path: pathTo`/projects/${projectId}`,
    accepts: [200],
    resource: { kind: 'project', id: projectId },
  });
};
