import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DistillError } from '../contract/errors.ts';
import { MAX_ZIP_BYTES, zipChunks } from '../platform/zip-file.ts';
import { disposition } from './file-response.ts';
import { commonHeaders } from './responses.ts';

/**
 * Streams several files, and folders with all of their files, as one zip, under their paths below the folder that all of them share;
 * `files` were confined before. Links in folders are left out, as they may lead elsewhere. Throws system errors, and INVALID_INPUT for
 * none at all and more than a zip holds.
 */
export async function archiveResponse(
  request: Request,
  files: readonly string[],
  name: string,
): Promise<Response> {
  const wanted = [...new Set(files)];
  if (wanted.length === 0)
    throw new DistillError('INVALID_INPUT', 'No file was named.', 'Name the files that the zip is to hold.');
  const names = namesInside(wanted);
  const entries = (await Promise.all(wanted.map((file, i) => entriesOf(file, names[i]!)))).flat();
  if (entries.reduce((sum, { size }) => sum + size, 0) > MAX_ZIP_BYTES)
    throw new DistillError(
      'INVALID_INPUT',
      'These files are more than one zip holds (4 GiB).',
      'Save them one by one.',
    );
  const contents = entries.map(({ name: inside, file }) => ({ name: inside, bytes: lazily(file) }));
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

interface Entry {
  /** In the zip. */
  name: string;
  file: string;
  size: number;
}

/** A file as itself, a folder as all of its files. */
async function entriesOf(file: string, name: string): Promise<Entry[]> {
  const stats = await stat(file);
  if (!stats.isDirectory()) return [{ name, file, size: stats.size }];
  const found = await readdir(file, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
  return Promise.all(
    files.sort().map(async (one) => ({
      name: [name, ...path.relative(file, one).split(path.sep)].join('/'),
      file: one,
      size: (await stat(one)).size,
    })),
  );
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
