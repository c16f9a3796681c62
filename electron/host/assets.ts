import { createHash } from 'node:crypto';
import { DistillError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';
import { services, type Client } from '../contract/services.ts';
import { archiveResponse } from './archive-response.ts';
import { confined } from './confine.ts';
import { fileResponse } from './file-response.ts';
import { commonHeaders, errorResponse, isKnown } from './responses.ts';
import type { FileRoots } from './roots.ts';

export interface AssetOptions {
  /** The engine of now; throws ENGINE_GONE where none runs. */
  client: () => Pick<Client, 'dataset'>;
  /** The folders below which files may be read, and single files: see `fileRoots`. */
  roots: FileRoots;
}

/** The paths that `createAssetHandler` answers. */
export const assetPaths = ['/api/image', '/api/file', '/api/archive'] as const;

/**
 * What is too big for messages, by URL; both hosts mount it under /api/.
 * - GET /api/image?path&key&side&augment&resize&seed: an image as dataset.image gives it, `augment` as JSON.
 * - GET /api/file?path&download: a file below the roots, to be looked at or (download=1) saved.
 * - GET /api/archive?name&file&file...: several such files as a zip to be saved, under `name`.
 * Errors are ErrorValues in JSON. Never rejects.
 */
export function createAssetHandler({ client, roots }: AssetOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed();
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === '/api/image') return await image(request, searchParams, client());
      if (pathname === '/api/file') {
        const file = await readable(searchParams.get('path') ?? '', roots);
        return await fileResponse(request, file, searchParams.get('download') === '1');
      }
      if (pathname === '/api/archive') {
        const files = await Promise.all(searchParams.getAll('file').map((file) => readable(file, roots)));
        return await archiveResponse(request, files, searchParams.get('name') ?? '');
      }
      throw new DistillError('NOT_FOUND', `There is nothing under ${pathname}.`, 'Check the address.');
    } catch (thrown) {
      return errorResponse(thrown);
    }
  };
}

/** As `confined`; what the engine has written a moment ago may not be known yet. */
async function readable(given: string, roots: FileRoots): Promise<string> {
  try {
    return await confined(given, await roots());
  } catch {
    return confined(given, await roots({ fresh: true }));
  }
}

const notAllowed = (): Response =>
  new Response(null, { status: 405, headers: { ...commonHeaders, allow: 'GET, HEAD' } });

async function image(
  request: Request,
  query: URLSearchParams,
  client: Pick<Client, 'dataset'>,
): Promise<Response> {
  const input = imageInput(query);
  const { type, base64 } = await client.dataset.image(input, { signal: request.signal });
  const bytes = Buffer.from(base64, 'base64');
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  // A dataset's own image stays what it is; an augmentation is being tried, and an image file may be another tomorrow.
  const isLasting = input.key !== null && input.augment === null;
  const headers = {
    ...commonHeaders,
    etag,
    'cache-control': isLasting ? 'private, max-age=86400, immutable' : 'private, no-cache',
    'content-security-policy': "default-src 'none'; sandbox",
  };
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers });
  return new Response(request.method === 'HEAD' ? null : bytes, {
    headers: { ...headers, 'content-type': type, 'content-length': String(bytes.length) },
  });
}

function imageInput(query: URLSearchParams) {
  const { path, key, side, augment, resize, seed, ...others } = Object.fromEntries(query);
  const given = {
    ...others,
    ...(path !== undefined && { path }),
    ...(key !== undefined && { key }),
    ...(side !== undefined && { side: Number(side) }),
    ...(augment !== undefined && { augment: parsed(augment) }),
    ...(resize !== undefined && { resize }),
    ...(seed !== undefined && { seed: Number(seed) }),
  };
  const schema = services.dataset.image.input;
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  const message = `/api/image: ${describeIssues(checked.error.issues, schema, given).join('; ')}.`;
  throw new DistillError('INVALID_INPUT', message, 'Correct the value that is named and try again.');
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (cause) {
    throw new DistillError('INVALID_INPUT', '/api/image: augment is not JSON.', 'Send it as JSON text.', {
      cause,
    });
  }
}
