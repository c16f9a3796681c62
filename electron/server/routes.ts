import type { IncomingMessage, ServerResponse } from 'node:http';
import { DistillError } from '../contract/errors.ts';
import type { HostInfo } from '../contract/host.ts';
import { assetPaths, createAssetHandler } from '../host/assets.ts';
import { errorResponse, jsonResponse } from '../host/responses.ts';
import type { FileRoots } from '../host/roots.ts';
import { createStaticHandler } from '../host/static.ts';
import type { EngineSupervisor } from '../host/supervisor.ts';
import { receiveUpload, sweepUploads, uploadOf, uploadPath } from '../host/upload.ts';
import { hostEvents } from './host-events.ts';
import { toRequest } from './http.ts';
import { listFolder } from './picker.ts';

export interface RouteOptions {
  supervisor: EngineSupervisor;
  renderer: string;
  /** The folder that uploads are stored in. */
  uploads: () => Promise<string>;
  version: string;
  /** The folders that the picker may list. */
  pickerRoots: FileRoots;
  /** What files may be read. */
  fileRoots: FileRoots;
}

/** What a page's images, downloads and event streams ask for, which send no headers of ours. */
export const readPaths: readonly string[] = [...assetPaths, '/api/host-events'];

type Route = (request: Request, incoming: IncomingMessage) => Promise<Response> | Response;

/** What is answered under each address; who asks was checked before. Never rejects. */
export function createRoutes(
  options: RouteOptions,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<Response> {
  const { supervisor, renderer, uploads, version, pickerRoots, fileRoots } = options;
  const assets = createAssetHandler({ client: () => supervisor.client(), roots: fileRoots });
  const pages = createStaticHandler({
    folder: renderer,
    connect: ({ url }) => [`ws://${new URL(url).host}`],
  });

  let swept: Promise<void> | null = null;
  const routes: Record<string, Route> = {
    ...Object.fromEntries(
      ['GET', 'HEAD'].flatMap((method) => assetPaths.map((path) => [`${method} ${path}`, assets])),
    ),
    'GET /api/host': async () => {
      const roots = [...(await pickerRoots())];
      const { state } = supervisor.status;
      return jsonResponse({
        kind: 'browser',
        version,
        platform: process.platform,
        roots,
        engine: state,
      } satisfies HostInfo);
    },
    'GET /api/host-events': ({ signal }) => hostEvents(supervisor, signal),
    'GET /api/files': async ({ url }) =>
      jsonResponse(await listFolder(new URL(url).searchParams.get('path') ?? '', await pickerRoots())),
    [`POST ${uploadPath}`]: async (request, incoming) => {
      const folder = await uploads();
      swept ??= sweepUploads(folder);
      return jsonResponse(await receiveUpload(folder, uploadOf(request), incoming), 201);
    },
    'POST /api/restart-engine': () => {
      supervisor.restart();
      return jsonResponse(supervisor.status);
    },
  };

  return async (incoming, outgoing) => {
    try {
      const request = toRequest(incoming, outgoing);
      const { pathname } = new URL(request.url);
      const name = `${request.method} ${pathname}`;
      if (Object.hasOwn(routes, name)) return await routes[name]!(request, incoming);
      if (!pathname.startsWith('/api/')) return await pages(request);
      throw new DistillError(
        'NOT_FOUND',
        `There is nothing under ${name}.`,
        'Use the same version of page and server.',
      );
    } catch (thrown) {
      // What is left of a body, so that the client comes to read the answer.
      incoming.resume();
      return errorResponse(thrown);
    }
  };
}
