import { endingOf } from './source/source.ts';

/** Extensions of well-known image formats. */
const plain = new Set(['.png', '.jpg', '.jpeg', '.webp', '.ppm']);

/** Which images were known by their content or have an ending that few expect, with an example of each ending. */
export function endingNotes(keys: readonly string[]): string[] {
  const groups = new Map<string, { first: string; count: number }>();
  for (const key of keys) {
    const ending = endingOf(key);
    if (plain.has(ending)) continue;
    const group = groups.get(ending);
    if (group) group.count++;
    else groups.set(ending, { first: key, count: 1 });
  }
  if (groups.size === 0) return [];
  const examples = [...groups].slice(0, 12).map(([ending, { first, count }]) => {
    const kind = ending === '' ? 'without an ending' : ending;
    const frames = ending === '.gif' ? ', the first frame of each' : '';
    return `${count} ${kind} ("${first}"${count > 1 ? ' and others' : ''}${frames})`;
  });
  const more = groups.size > examples.length ? ' and others' : '';
  return [
    `Files of other formats, or without a clear format in their names, are read as images: ${examples.join('; ')}${more}.`,
  ];
}
