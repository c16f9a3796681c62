import path from 'node:path';
import {
  hashPrefix,
  type PublishedWeights,
  sizeInBytes,
  sizeSlack,
} from '../../../contract/published-weights.ts';
import { weightsFolder } from '../../../platform/home.ts';
import type { RemoteFile } from './remote-file.ts';

/** Published weights as a file to download. */
export const remoteWeights = (one: PublishedWeights): RemoteFile => ({
  name: one.file,
  bytes: sizeInBytes(one),
  slack: sizeSlack,
  hash: { algorithm: 'sha256', hex: hashPrefix(one) },
});

/** Where the file of published weights lies, once it is there. */
export const cachedFile = (one: PublishedWeights): string => path.join(weightsFolder(), one.file);
