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
  const shared = sharedFolder(wanted);
  const contents = wanted.map((file) => ({
    name: path.relative(shared, file).split(path.sep).join('/'),
    bytes: lazily(file),
  }));
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

function sharedFolder(files: readonly string[]): string {
  let folder = path.dirname(files[0]!);
  while (!files.every((file) => file.startsWith(path.join(folder, path.sep)))) folder = path.dirname(folder);
  return folder;
}
