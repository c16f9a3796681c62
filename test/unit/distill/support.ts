import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { dataSchema } from '../../../electron/contract/recipe/data.ts';
import { modelSchema } from '../../../electron/contract/recipe/model.ts';
import type { LogitIdentity } from '../../../electron/engine/distill/logit-identity.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-answers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const { image, augment } = dataSchema.parse({});

/** Answers of three classes to four training images and two that validate. */
export const identity: LogitIdentity = {
  teacher: { model: modelSchema.parse({ architecture: 'cifar_resnet8' }), classes: 3, weights: 'aa' },
  data: {
    fingerprint: 'bb',
    train: { images: 4, keys: 'cc' },
    validation: { images: 2, keys: 'dd' },
  },
  image,
  augment,
  pixels: 'ee',
  backend: 'cpu',
  arithmetic: 'tfjs',
};
