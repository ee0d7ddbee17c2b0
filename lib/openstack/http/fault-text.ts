import * as z from 'zod';

const LONGEST_TEXT = 500;
/** Bytes of a refusal that are read: a page's first words, or all of a fault. */
const READ = 16_384;
/** Tokens, base64 files and keys: services echo refused input, and input may be secret. Ids are shorter. */
const LONG_RUNS = /[A-Za-z0-9+/=_-]{48,}/g;
const PEM_BLOCK = /-----BEGIN [\s\S]*?(-----END [^-]*-----|$)/g;

const words = z.object({
  type: z.string().optional(),
  message: z.string().optional(),
  description: z.string().optional(),
  title: z.string().optional(),
});
type Words = z.infer<typeof words>;

const wordsOf = (value: unknown): Words => words.safeParse(value).data ?? {};

/** Hides what may be a secret in a service's words, and keeps them short. */
export const scrubbed = (text: string, secrets: readonly string[] = []): string => {
  const known = secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text);
  const plain = known.replace(PEM_BLOCK, '[hidden]').replace(LONG_RUNS, '[hidden]');
  return plain.length > LONGEST_TEXT ? `${plain.slice(0, LONGEST_TEXT)}...` : plain;
};

/** What follows the tag that a part of a page begins with; all of it when the part begins with none. */
const afterTag = (part: string, index: number): string => (index === 0 ? part : part.slice(part.indexOf('>') + 1));

/**
 * The service's own name and words for a refusal. The services differ: Neutron wraps them in NeutronError, Nova in a
 * key that names the fault, Keystone in error, Barbican not at all, and proxies answer HTML.
 */
export const faultText = (bytes: Uint8Array): { readonly type: string | null; readonly text: string } => {
  const body = new TextDecoder().decode(bytes.subarray(0, READ));
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {
      type: null,
      text: body.split('<').map(afterTag).join(' ').replace(/\s+/g, ' ').trim(),
    };
  }
  if (typeof parsed !== 'object' || parsed === null) return { type: null, text: String(parsed) };
  const flat = wordsOf(parsed);
  const flatText = flat.message ?? flat.description ?? flat.title;
  if (flatText !== undefined) return { type: flat.title ?? null, text: flatText };
  const [wrapped] = Object.entries(parsed);
  if (wrapped === undefined) return { type: null, text: '' };
  const [key, value] = wrapped;
  if (typeof value === 'string') return { type: null, text: value };
  const inner = wordsOf(value);
  return { type: inner.type ?? inner.title ?? key, text: inner.message ?? inner.title ?? body };
};
