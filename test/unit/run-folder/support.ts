import { mkdtempSync, rmSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import type { EpochEvent, StepEvent } from '../../../electron/contract/metrics.ts';
import { recipeSchema, type Recipe } from '../../../electron/contract/recipe.ts';
import type { Role } from '../../../electron/contract/run.ts';
import { runtimeSchema } from '../../../electron/contract/runtime.ts';
import type { ByteSource } from '../../../electron/engine/run-folder/journal.ts';
import type { RunStart } from '../../../electron/engine/run-folder/run-start.ts';
import { epochEvent as drawnEpoch, epochScores, stepEvent as drawnStep } from '../../support/run-events.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'distill-'));
  made.push(folder);
  return folder;
}

/** A file whose bytes are counted as they are read; closed afterwards. */
export async function countReads(
  file: FileHandle,
  work: (source: { handle: ByteSource; bytes: () => number }) => Promise<void>,
): Promise<void> {
  let bytes = 0;
  const handle: ByteSource = {
    async read(...given) {
      const answer = await file.read(...given);
      bytes += answer.bytesRead;
      return answer;
    },
  };
  try {
    await work({ handle, bytes: () => bytes });
  } finally {
    await file.close();
  }
}

export function recipe(name = 'Signs at 32 px'): Recipe {
  return recipeSchema.parse({
    version: 2,
    name,
    teacher: { source: 'train', model: { architecture: 'cifar_resnet14', width: 32 } },
    student: { model: { architecture: 'cifar_resnet8', width: 14 } },
  });
}

export const start = (startedAt = new Date(2026, 4, 3, 9, 5, 7)): RunStart => ({
  dataPath: null,
  runtime: runtimeSchema.parse({}),
  logitsFolder: null,
  startedAt,
});

export const stepEvent = (role: Role, epoch: number, step: number): StepEvent =>
  drawnStep({
    role,
    epoch,
    step,
    steps: 100,
    loss: 1 / (epoch + step),
    labelLoss: 0.5,
    learningRate: 1e-3,
    momentum: 0.9,
    imagesPerSecond: 100,
    waitShare: 0.01,
    etaEpochSeconds: 1,
  });

export function epochEvent(role: Role, epoch: number): EpochEvent {
  const scores = epochScores({
    loss: 1 / epoch,
    labelLoss: 1 / epoch,
    accuracy: 1 - 0.5 / epoch,
    f1Weighted: 0.9,
    f1Macro: 0.9,
  });
  return drawnEpoch({ role, epoch, train: scores, validation: scores, waitShare: 0.01 });
}
