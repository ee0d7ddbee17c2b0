import type { Meaning } from './haproxy-meaning.ts';

/** The agent reads ids and states out of the comments, so that they count. */
export const keepalivedMeaning = (text: string): Meaning => {
  const meaning = new Map<string, string>();
  const path: string[] = [];
  const put = (name: string): void => {
    meaning.set(name, String(Number(meaning.get(name) ?? '0') + 1));
  };
  const servers: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim().replace(/\s+/g, ' ');
    if (line === '') continue;
    if (line === '}') path.pop();
    else if (line.endsWith('{') && !line.startsWith('#')) {
      // A block is what is in it: an empty one says nothing.
      path.push(line.slice(0, -1).trim());
      if (line.startsWith('real_server')) servers.push(path.join(' > '));
    } else put([...path, line].join(' > '));
  }
  if (path.length > 0) meaning.set('a block is not closed', path.join(' > '));
  if (servers.length > 0) meaning.set('servers', servers.join('\n'));
  return meaning;
};
