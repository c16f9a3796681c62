import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DistillError } from '../contract/errors.ts';
import { MAX_ZIP_BYTES, zipChunks } from '../engine/zip-file.ts';
import { disposition } from './file-response.ts';
import { commonHeaders } from './responses.ts';

/**
 * Streams several files as one zip, under their paths below the folder that all of them share; `files` were confined before. Throws system
 * errors, and INVALID_INPUT for folders, none at all, and more than a zip holds.
 */
export async function archiveResponse(
  request: Request,
  files: readonly string[],
  name: string,
): Promise<Response> {
  const wanted = [...new Set(files)];
  if (wanted.length === 0)
    throw new DistillError('INVALID_INPUT', 'No file was named.', 'Name the files that the zip is to hold.');
  const stats = await Promise.all(wanted.map((file) => stat(file)));
  const folder = wanted.find((_, i) => !stats[i]!.isFile());
  if (folder !== undefined)
    throw new DistillError('INVALID_INPUT', `"${folder}" is not a file.`, 'Name files, not folders.');
  if (stats.reduce((sum, { size }) => sum + size, 0) > MAX_ZIP_BYTES)
    throw new DistillError(
      'INVALID_INPUT',
      'These files are more than one zip holds (4 GiB).',
      'Save them one by one.',
    );
  const names = namesInside(wanted);
  const contents = wanted.map((file, i) => ({ name: names[i]!, bytes: lazily(file) }));
  const body =
    request.method === 'HEAD'
      ? null
      : (Readable.toWeb(
          Readable.from(zipChunks(contents, new Date()), { objectMode: false }),
        ) as ReadableStream);
  return new Response(body, {
    headers: {
      ...commonHeaders,
      'cache-control': 'no-store',
      'content-type': 'application/zip',
      'content-disposition': disposition(name === '' ? 'files.zip' : name, true),
    },
  });
}

/** Opened when its turn has come, not all at once. */
async function* lazily(file: string): AsyncGenerator<Buffer> {
  yield* createReadStream(file) as AsyncIterable<Buffer>;
}

/**
 * The files' paths below the folder that all of them share, with '/'. On Windows files of several drives share none: each is named from
 * its drive on, `D/signs/1.png`. `paths`: another system's rules, to be tried.
 */
export function namesInside(files: readonly string[], paths: path.PlatformPath = path): string[] {
  let folder = paths.dirname(files[0]!);
  const isShared = (): boolean => files.every((file) => file.startsWith(paths.join(folder, paths.sep)));
  while (!isShared() && folder !== paths.dirname(folder)) folder = paths.dirname(folder);
  const inside = (file: string): string =>
    isShared() ? paths.relative(folder, file) : file.replace(':', '').replace(/^[\\/]+/, '');
  return files.map((file) => inside(file).split(paths.sep).join('/'));
}
