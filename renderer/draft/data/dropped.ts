/** A file that was dropped, with its place below what was dropped: `signs/00001/a.ppm`, or only its name. */
export interface DroppedFile {
  name: string;
  path: string;
}

const slashed = (path: string): string => path.replaceAll('\\', '/');

/**
 * The dataset in what was brought: a single file is it itself; of a folder the place where its top came to lie; of several files
 * their folder. `files` and `paths` belong together one by one.
 */
export function datasetOf(files: readonly DroppedFile[]): string | null {
  const [first] = files;
  if (!first) return null;
  const below = slashed(first.name);
  const top = below.split('/')[0]!;
  if (below !== top && slashed(first.path).endsWith(`/${below}`))
    return first.path.slice(0, first.path.length - below.length + top.length);
  if (files.length === 1) return first.path;
  return first.path.replace(/[\\/][^\\/]*$/, '');
}
