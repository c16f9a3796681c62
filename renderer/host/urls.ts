import type { ImageRequest } from './host.ts';
import { readable } from './session.ts';

/** Both hosts serve the same paths under their own origin. */

export function imageUrl({ path, key, side, augment, resize, seed }: ImageRequest): string {
  const query = new URLSearchParams({ path, side: String(side) });
  if (key !== undefined) query.set('key', key);
  if (augment !== undefined) query.set('augment', JSON.stringify(augment));
  if (resize !== undefined) query.set('resize', resize);
  if (seed !== undefined) query.set('seed', String(seed));
  return readable(`/api/image?${query}`);
}

export function fileUrl(path: string, download = false): string {
  const query = new URLSearchParams({ path });
  if (download) query.set('download', '1');
  return readable(`/api/file?${query}`);
}

export function archiveUrl(name: string, paths: readonly string[]): string {
  const query = new URLSearchParams([['name', name], ...paths.map((path) => ['file', path])]);
  return readable(`/api/archive?${query}`);
}
