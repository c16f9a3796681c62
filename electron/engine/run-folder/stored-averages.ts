import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { type Role, roleSchema } from '../../contract/run.ts';
import type { TtaStep } from '../evaluate/tta.ts';
import { withFormerName } from '../../platform/former-name.ts';
import { writeFileAtomic } from '../../platform/files.ts';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../models/weights/safetensors.ts';
import { toRead } from './own-files.ts';
import type { RunFolder } from './run-folder.ts';
import type { TestPredictions } from './stored-predictions.ts';

/** What test-time augmentation found of a run's models, before it is weighed and scored. */
export interface TestAverages {
  /** Weight of the plain image that it was measured with. */
  beta: number;
  /** In ascending order of copies. */
  models: ReadonlyMap<Role, readonly TtaStep[]>;
}

/** Bytes of averages that a run keeps at most: of GTSRB's 12,630 test images 30 averages, e.g. of three models ten each. */
export const mostAveragesBytes = 64 * 2 ** 20;

/** Gathers averages as they are measured. */
export class AveragesCollector {
  readonly #beta: number;
  readonly #models = new Map<Role, TtaStep[]>();
  #bytes = 0;

  constructor(beta: number) {
    this.#beta = beta;
  }

  /** Beyond what a run keeps, what there is is let go, too. */
  add(role: Role, step: TtaStep): void {
    this.#bytes += step.mean?.byteLength ?? 0;
    if (this.#bytes > mostAveragesBytes) this.#models.clear();
    else this.#models.set(role, [...(this.#models.get(role) ?? []), step]);
  }

  /** null where nothing was measured, or more than a run keeps. */
  get averages(): TestAverages | null {
    return this.#models.size === 0 ? null : { beta: this.#beta, models: this.#models };
  }
}

const metadataSchema = z.object({
  beta: z.number().min(0).max(1),
  models: z.partialRecord(
    roleSchema,
    withFormerName(
      z.object({
        predictions: z.string(),
        steps: z.array(z.object({ count: z.number().int().min(0), msPerImage: z.number() })),
      }),
      'answers',
      'predictions',
    ),
  ),
});

const fileOf = (run: RunFolder): string => run.path('tta.safetensors');
const tensorName = (role: Role, count: number): string => `${role}.${count}`;

/** Of the predictions of a model and its images: other weights or other data give another one. */
function digest({ keys, classNames, models }: TestPredictions, role: Role): string {
  const { labels, probabilities } = models.get(role)!;
  const hash = createHash('sha256').update(JSON.stringify([keys, classNames]));
  return hash.update(labels).update(probabilities).digest('hex');
}

/**
 * Keeps them in tta.safetensors: for each model and number of copies a tensor, e.g. `student.4`, float32 [images, classes], the mean
 * of the copies' probabilities; rows and columns as in predictions.safetensors. In the metadata, as JSON, `tta`: beta, and for
 * each model its counts with their times and the digest `predictions` of those that the averages belong to.
 * Throws DISK_FULL, NOT_WRITABLE; an older file then stays as it was.
 */
export async function writeAverages(
  run: RunFolder,
  predictions: TestPredictions,
  { beta, models }: TestAverages,
): Promise<void> {
  const tensors = new Map<string, StoredTensor>();
  const described: z.input<typeof metadataSchema>['models'] = {};
  for (const [role, steps] of models) {
    const { n, classes } = predictions.models.get(role)!;
    for (const { count, mean } of steps)
      if (mean) tensors.set(tensorName(role, count), { shape: [n, classes], data: mean });
    described[role] = {
      predictions: digest(predictions, role),
      steps: steps.map(({ count, msPerImage }) => ({ count, msPerImage })),
    };
  }
  const metadata = { tta: JSON.stringify({ beta, models: described }) };
  await writeFileAtomic(fileOf(run), encodeSafetensors(tensors, metadata));
}

/** What was read last, of which file beside which predictions: a host asks for one run under one mask after the other. */
let last: { stamp: string; predictions: TestPredictions; averages: TestAverages | null } | null = null;

/**
 * The averages that belong to a run's predictions; null where it kept none, and where those that it kept are damaged or belong to other
 * predictions: they can be measured again.
 */
export async function findAverages(
  run: RunFolder,
  predictions: TestPredictions,
): Promise<TestAverages | null> {
  const file = fileOf(run);
  try {
    const { mtimeMs, size, ino } = await stat(file);
    const stamp = [file, mtimeMs, size, ino].join();
    if (last?.stamp !== stamp || last.predictions !== predictions) {
      last = {
        stamp,
        predictions,
        averages: decodeAverages(await readFile(file, { flag: toRead }), file, predictions),
      };
    }
    return last.averages;
  } catch {
    return null;
  }
}

/** null where none belongs to these predictions. Throws where the file is damaged. */
function decodeAverages(bytes: Uint8Array, file: string, predictions: TestPredictions): TestAverages | null {
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const { beta, models } = metadataSchema.parse(JSON.parse(metadata['tta'] ?? ''));
  const fitting = [...predictions.models].flatMap(([role, { n, classes }]) => {
    const described = models[role];
    if (described?.predictions !== digest(predictions, role)) return [];
    const steps = described.steps.map(({ count, msPerImage }): TtaStep => {
      if (count === 0) return { count, mean: null, msPerImage };
      const name = tensorName(role, count);
      const tensor = tensors.get(name);
      if (tensor?.shape.join() !== [n, classes].join()) throw new Error(`"${file}" lacks "${name}".`);
      return { count, mean: tensor.data, msPerImage };
    });
    return [[role, steps] as const];
  });
  return fitting.length === 0 ? null : { beta, models: new Map(fitting) };
}
