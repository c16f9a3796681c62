import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { DistillError } from '../../contract/errors.ts';
import { listed } from '../../contract/listed.ts';
import type { CallContext } from '../../contract/method.ts';
import {
  findPublished,
  hashPrefix,
  type PublishedWeights,
  publishedWeights,
  sizeInBytes,
  type WeightsEntry,
  type WeightsList,
  weightsUrl,
} from '../../contract/published-weights.ts';
import { fileError, makeFolders, statFile } from '../../platform/files.ts';
import { weightsFolder } from '../../platform/home.ts';
import { acceptPart, hashOf } from '../data/download/content.ts';
import { addressOf, downloadFiles } from '../data/download/download.ts';
import { lengthOf, type Patience } from '../data/download/fetch-part.ts';
import { cachedFile, remoteWeights } from '../data/download/published.ts';
import { hasLength } from '../data/download/remote-file.ts';
import { shownUrl } from '../data/download/request.ts';
import { throttled } from '../work/progress.ts';

/** What is published, and where. */
export interface Source {
  catalogue: readonly PublishedWeights[];
  url: string;
  patience?: Patience;
}

/** torchvision's files; DISTILL_WEIGHTS_URL names another source of the same ones, such as a mirror. Throws INVALID_INPUT. */
export function torchvision(): Source {
  const given = process.env['DISTILL_WEIGHTS_URL'];
  if (!given) return { catalogue: publishedWeights, url: weightsUrl };
  if (URL.canParse(given)) return { catalogue: publishedWeights, url: given };
  const hint = 'Set it to the address that the files lie below, or leave it out.';
  throw new DistillError('INVALID_INPUT', `DISTILL_WEIGHTS_URL is no address: "${given}".`, hint);
}

async function entryOf(one: PublishedWeights, { url }: Source): Promise<WeightsEntry> {
  const file = cachedFile(one);
  const [whole, part] = await Promise.all([lengthOf(file), lengthOf(`${file}.part`)]);
  const isWhole = hasLength(remoteWeights(one), whole);
  return {
    ...one,
    url: shownUrl(addressOf(one.file, url)),
    bytes: isWhole ? whole : sizeInBytes(one),
    state: isWhole ? 'whole' : part > 0 ? 'partial' : 'missing',
    haveBytes: isWhole ? whole : part,
    path: file,
  };
}

export async function listWeights(source: Source = torchvision()): Promise<WeightsList> {
  const entries = await Promise.all(source.catalogue.map((one) => entryOf(one, source)));
  return { folder: weightsFolder(), entries };
}

/** Published weights by any of their names. Throws NOT_FOUND. */
export function requirePublished(name: string, { catalogue }: Source): PublishedWeights {
  const found = findPublished(name, catalogue);
  if (found) return found;
  const names = listed([...new Set(catalogue.map(({ architecture }) => architecture))]);
  throw new DistillError(
    'NOT_FOUND',
    `No published weights are named "${name}".`,
    `There are some of ${names}.`,
  );
}

/** Whether a download may be sent on to an address: torchvision's hosts, or the mirror's. */
const mayFollow =
  (base: string) =>
  ({ hostname, host }: URL): boolean =>
    host === new URL(base).host || hostname === 'pytorch.org' || hostname.endsWith('.pytorch.org');

/** Downloads a file into the cache, as `weights.fetch` does. */
export async function fetchWeights(
  one: PublishedWeights,
  source: Source,
  { signal, progress }: CallContext,
): Promise<WeightsEntry> {
  await downloadFiles(weightsFolder(), [remoteWeights(one)], {
    baseUrl: source.url,
    signal,
    onProgress: throttled((done, total) => progress({ done, total })),
    mayFollow: mayFollow(source.url),
    // The folder is the program's own: what is there under that name was damaged.
    others: 'replace',
    corrupt: 'WEIGHTS_CORRUPT',
    byHand: `download ${one.file} elsewhere and add it`,
    ...(source.patience && { patience: source.patience }),
  });
  return entryOf(one, source);
}

/** The published weights that a file holds, by its checksum, whatever its name. Throws WEIGHTS_MISMATCH, NOT_FOUND, CANCELLED. */
export async function recognise(
  file: string,
  { catalogue }: Source,
  { signal, progress }: CallContext,
): Promise<PublishedWeights> {
  const { size } = await statFile(file);
  const report = throttled((done, total) => progress({ done, total }));
  const hash = await hashOf(file, 'sha256', signal, (read) => report(read, size));
  const found = catalogue.find((one) => hash.startsWith(hashPrefix(one)));
  if (found) return found;
  const isNamed = catalogue.some((one) => one.file === path.basename(file));
  throw new DistillError(
    'WEIGHTS_MISMATCH',
    `"${file}" ${isNamed ? 'has the name of published weights but other content' : 'is none of the published files'}: its SHA-256 begins with ${hash.slice(0, 8)}.`,
    isNamed
      ? 'Download it again: it may be a part of the file, or have been saved again by a program.'
      : 'Weights of your own need not be added: name their file in the recipe.',
  );
}

/** Copies a file of published weights into the cache. Throws WEIGHTS_CORRUPT where the copy is another, DISK_FULL, NOT_WRITABLE. */
export async function addWeights(
  one: PublishedWeights,
  file: string,
  source: Source,
  signal: AbortSignal,
): Promise<WeightsEntry> {
  const entry = await entryOf(one, source);
  if (path.resolve(file) === entry.path) return entry;
  const part = `${entry.path}.part`;
  await makeFolders(weightsFolder());
  await copyFile(file, part).catch((thrown: unknown) => {
    throw fileError(thrown, part);
  });
  await acceptPart(part, entry.path, remoteWeights(one), { signal, corrupt: 'WEIGHTS_CORRUPT' });
  return entryOf(one, source);
}
