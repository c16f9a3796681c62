import { open } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DistillError } from '../contract/errors.ts';
import { contentType } from './content-types.ts';
import { commonHeaders, isKnown } from './responses.ts';

/**
 * For documents that may come from anywhere: no script, no form, no network, an origin of their own. The report needs no more than
 * its inline styles and images.
 */
const documentPolicy =
  "sandbox allow-modals; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/** Those that a browser shows by itself; all others are saved. */
const shown = /^(text\/(?!javascript)|image\/|application\/(json|jsonl|pdf)\b)/;

/** Streams a file; `file` was confined before. Throws system errors, and INVALID_INPUT for a folder. */
export async function fileResponse(request: Request, file: string, download: boolean): Promise<Response> {
  const handle = await open(file);
  let body: ReadableStream | null = null;
  try {
    const stats = await handle.stat();
    if (!stats.isFile())
      throw new DistillError('INVALID_INPUT', `"${file}" is not a file.`, 'Choose a file, not a folder.');
    const type = contentType(file);
    const etag = `"${stats.size.toString(36)}-${Math.round(stats.mtimeMs).toString(36)}"`;
    const headers = {
      ...commonHeaders,
      etag,
      'cache-control': 'private, no-cache',
      'content-security-policy': documentPolicy,
    };
    if (isKnown(request, etag)) return new Response(null, { status: 304, headers });
    const size = stats.size;
    if (request.method !== 'HEAD' && size > 0) {
      // Not beyond the stated length: metrics and logs grow while they are read.
      body = Readable.toWeb(handle.createReadStream({ end: size - 1 })) as ReadableStream;
    }
    return new Response(body, {
      headers: {
        ...headers,
        'content-type': type,
        'content-length': String(size),
        'content-disposition': disposition(path.basename(file), download || !shown.test(type)),
      },
    });
  } finally {
    // A stream closes it at its end.
    if (!body) await handle.close();
  }
}

/** RFC 6266: the name in ASCII for old clients, and in UTF-8. */
export function disposition(name: string, isAttachment: boolean): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isAttachment ? 'attachment' : 'inline'}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
