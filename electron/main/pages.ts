import path from 'node:path';
import type { Client } from '../contract/services.ts';
import { assetPaths, createAssetHandler } from '../host/assets.ts';
import type { fileRoots } from '../host/roots.ts';
import { createStaticHandler } from '../host/static.ts';
import { createUploadHandler, uploadPath } from '../host/upload.ts';
import { studioHandler } from './protocol.ts';

interface PagesOptions {
  /** The package's. */
  root: string;
  client: () => Client;
  roots: ReturnType<typeof fileRoots>;
}

/** What the window asks for by URL: its own pages, images and files, and a place for what is dropped. */
export function pagesHandler({ root, client, roots }: PagesOptions): ReturnType<typeof studioHandler> {
  const pages = createStaticHandler({ folder: path.join(root, 'dist/renderer') });
  const assets = createAssetHandler({ client, roots });
  // What was pasted, such as a screenshot, has no file of its own.
  const upload = createUploadHandler(async () =>
    path.join((await client().system.settings({})).dataFolder, 'uploads'),
  );
  const others = { ...Object.fromEntries(assetPaths.map((each) => [each, assets])), [uploadPath]: upload };
  return studioHandler(pages, others);
}
