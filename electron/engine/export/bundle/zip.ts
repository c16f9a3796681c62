import { createReadStream } from 'node:fs';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { FileContent } from '../item.ts';

/** A file of a zip: its content, or the file on disk that has it. */
export type ZipEntry = { name: string } & ({ content: FileContent } | { file: string });

async function* bytesOf(content: FileContent): AsyncGenerator<Uint8Array> {
  const made = typeof content === 'function' ? content() : content;
  if (typeof made === 'object' && Symbol.asyncIterator in made) {
    yield* made;
    return;
  }
  const whole = await made;
  yield typeof whole === 'string' ? Buffer.from(whole) : whole;
}

/** A zip's bytes, made while they are read: each file is read when its turn has come. Equal contents and times, equal bytes. */
export function zipOf(entries: readonly ZipEntry[], mtime: Date): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = new PassThrough();
  // The reader of `output` gets errors, here and below.
  pipeline(zip.outputStream, output, () => undefined);
  zip.on('error', (error: Error) => output.destroy(error));
  for (const entry of entries) {
    const open = () =>
      'file' in entry
        ? createReadStream(entry.file)
        : Readable.from(bytesOf(entry.content), { objectMode: false });
    zip.addReadStreamLazy(entry.name, { mtime }, (done) => {
      done(null, open());
    });
  }
  zip.end();
  return output;
}
