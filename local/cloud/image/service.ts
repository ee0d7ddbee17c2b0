import { IMAGE_TAG, NEXT_IMAGE_TAG, projectId } from '../facts.ts';
import type { Service } from '../http/listener.ts';
import { HttpProblem } from '../http/problem.ts';
import { type Call, openRoute, route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import { stableId } from '../ids.ts';

interface Image {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly visibility: 'public' | 'shared';
  readonly created_at: string;
}

/** The content is never read: an amphora is a part of this process. */
const IMAGES: readonly Image[] = [
  {
    id: stableId('image/amphora-haproxy'),
    name: 'amphora-haproxy',
    owner: projectId('service'),
    tags: [IMAGE_TAG],
    visibility: 'shared',
    created_at: '2026-01-02T00:00:00Z',
  },
  {
    id: stableId('image/amphora-next'),
    name: 'amphora-next',
    owner: projectId('service'),
    tags: [NEXT_IMAGE_TAG],
    visibility: 'shared',
    created_at: '2026-02-02T00:00:00Z',
  },
];

const visibleTo = (identity: Identity): readonly Image[] =>
  IMAGES.filter((image) => identity.isAdmin || image.visibility === 'public' || image.owner === identity.projectId);

/** Ids of the images a caller may boot. */
export const imageIds = (identity: Identity): readonly string[] => visibleTo(identity).map(({ id }) => id);

const view = (image: Image) => ({
  ...image,
  status: 'active',
  disk_format: 'raw',
  container_format: 'bare',
  size: 896,
  virtual_size: 896,
  checksum: null,
  protected: false,
  min_ram: 0,
  min_disk: 0,
  os_hidden: false,
  updated_at: image.created_at,
  self: `/v2/images/${image.id}`,
  file: `/v2/images/${image.id}/file`,
  schema: '/v2/schemas/image',
});
type View = ReturnType<typeof view>;

const SORT_KEYS = [
  'name',
  'status',
  'container_format',
  'disk_format',
  'size',
  'id',
  'created_at',
  'updated_at',
] as const;

const sorted = (images: View[], sort: string): View[] => {
  const [wanted = '', direction = 'desc'] = sort.split(',')[0]?.split(':') ?? [];
  const key = SORT_KEYS.find((known) => known === wanted);
  if (key === undefined) throw new HttpProblem(400, `Invalid sort key: ${wanted}.`);
  const order = direction === 'asc' ? 1 : -1;
  return images.sort((one, other) => (one[key] < other[key] ? -order : order));
};

const list = ({ identity, query }: Call) => {
  const holds = (image: View): boolean =>
    query.getAll('tag').every((tag) => image.tags.includes(tag)) &&
    (query.get('owner') ?? image.owner) === image.owner &&
    (query.get('status') ?? image.status) === image.status &&
    (query.get('name') ?? image.name) === image.name &&
    (query.get('visibility') ?? image.visibility) === image.visibility;
  const found = sorted(visibleTo(identity()).map(view).filter(holds), query.get('sort') ?? 'created_at:desc');
  const marker = query.get('marker');
  const start = marker === null ? 0 : found.findIndex(({ id }) => id === marker) + 1;
  const limit = Number(query.get('limit') ?? 25);
  const images = found.slice(start, start + limit);
  const next = new URLSearchParams(query);
  next.set('marker', images.at(-1)?.id ?? '');
  return {
    images,
    first: `/v2/images?${query}`,
    schema: '/v2/schemas/images',
    ...(found.length > start + limit && images.length > 0 ? { next: `/v2/images?${next}` } : {}),
  };
};

const versions = (url: string) =>
  ['v2.15', 'v2.9', 'v2.0'].map((id, index) => ({
    id,
    status: index === 0 ? 'CURRENT' : 'SUPPORTED',
    links: [{ rel: 'self', href: `${url}/v2/` }],
  }));

/** Glance v2, read only. */
export const imageService = (): Service => ({
  name: 'image',
  prefix: '/image',
  notFound: () => '<html><body>The resource could not be found.</body></html>',
  routes: [
    openRoute('GET /', ({ serviceUrl }) => ({ status: 300, body: { versions: versions(serviceUrl) } })),
    openRoute('GET /versions', ({ serviceUrl }) => ({ status: 200, body: { versions: versions(serviceUrl) } })),
    route('GET /v2/images', (call) => ({ status: 200, body: list(call) })),
    route('GET /v2/images/:id', ({ identity, params }) => {
      const image = visibleTo(identity()).find(({ id }) => id === params.id);
      if (image === undefined) throw new HttpProblem(404, `Failed to find image ${params.id} to show`);
      return { status: 200, body: view(image) };
    }),
  ],
});
